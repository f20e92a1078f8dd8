package dev.cairn.server;

import dev.cairn.server.http.Access;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Dialect;
import dev.cairn.server.http.Method;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.server.http.Route;
import dev.cairn.service.Right;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What load balancers and monitoring ask: {@code /health} and {@code /metrics}. */
public final class SystemDialect implements Dialect {
  private final PrometheusMetrics metrics;

  /** With the metrics that are rendered. */
  public SystemDialect(PrometheusMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public String name() {
    return "system";
  }

  @Override
  public String prefix() {
    return "/health";
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.of(Method.GET, "/health", SystemDialect::health).access(Access.open()),
        Route.of(Method.GET, "/metrics", this::metrics).access(Access.bearer(Right.SYSTEM_ADMIN)));
  }

  private static void health(Request request, Response response) {
    response.json(200, Map.of("status", "ok"));
  }

  private void metrics(Request request, Response response) throws IOException {
    response.bytes(200, PrometheusMetrics.CONTENT_TYPE, metrics.render());
  }

  @Override
  public void error(ApiException problem, Response response) {
    response.json(
        problem.status(), Map.of("error", Map.of("code", "refused", "message", problem.message())));
  }
}
