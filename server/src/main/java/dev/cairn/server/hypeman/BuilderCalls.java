package dev.cairn.server.hypeman;

import dev.cairn.server.http.Access;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Method;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.server.http.Route;
import dev.cairn.server.http.ServiceErrors;
import dev.cairn.service.Builders;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /builders} (section 12.2). */
final class BuilderCalls {
  private final Builders builders;

  BuilderCalls(Builders builders) {
    this.builders = builders;
  }

  List<Route> routes() {
    var read = Access.bearer(Right.BUILD_READ);
    var write = Access.bearer(Right.BUILD_WRITE);
    return List.of(
        Route.of(Method.POST, "/builders", this::create).access(write),
        Route.of(Method.GET, "/builders", this::list).access(read),
        Route.of(Method.GET, "/builders/{id}", this::get).access(read),
        Route.of(Method.POST, "/builders/{id}/prune", this::prune).access(write),
        Route.of(Method.DELETE, "/builders/{id}", this::delete)
            .access(Access.bearer(Right.BUILD_DELETE)));
  }

  private void create(Request request, Response response) throws IOException {
    var body = JsonBody.read(request);
    var wish =
        new Builders.Wish(
            body.text("id"),
            body.text("name"),
            body.number("disk_size_gb").filter(size -> size != 0),
            body.tags(),
            Retries.isRetry(request));
    try {
      response.json(201, wire(builders.create(request.caller(), wish)));
    } catch (ServiceException e) {
      throw switch (e.kind()) {
        case CONFLICT -> refused(e, 409, "already_exists");
        // The contract has no 429 here.
        case QUOTA -> refused(e, 409, "quota_exceeded");
        case INVALID, FORBIDDEN, NOT_FOUND, TOO_LARGE, UNSUPPORTED, UNAVAILABLE -> e;
      };
    }
  }

  private static ApiException refused(ServiceException e, int status, String code) {
    return new ApiException(status, code, ServiceErrors.translate(e, code).message()).cause(e);
  }

  private void list(Request request, Response response) {
    var filter = Tags.filter(request);
    response.json(
        200,
        builders.list(request.caller().tenant()).stream()
            .filter(builder -> Tags.match(builder.labels(), filter))
            .map(BuilderCalls::wire)
            .toList());
  }

  private void get(Request request, Response response) {
    response.json(
        200,
        wire(
            builders
                .find(request.caller().tenant(), request.parameter("id"))
                .orElseThrow(BuilderCalls::unknown)));
  }

  private void prune(Request request, Response response) {
    response.json(202, wire(builders.prune(request.caller().tenant(), request.parameter("id"))));
  }

  private void delete(Request request, Response response) {
    builders.delete(request.caller().tenant(), request.parameter("id"));
    response.empty(204);
  }

  static ApiException unknown() {
    return new ApiException(404, "no Builder with this id");
  }

  private static Map<String, @Nullable Object> wire(Builders.NamedBuilder builder) {
    Map<String, @Nullable Object> wire = new LinkedHashMap<>();
    wire.put("id", builder.id());
    builder.name().ifPresent(name -> wire.put("name", name));
    wire.put(
        "status",
        switch (builder.state()) {
          case READY -> "ready";
          case PRUNING -> "pruning";
        });
    wire.put("disk_size_gb", builder.diskGb());
    wire.put("max_concurrency", 1);
    wire.put("active_build_id", builder.active().map(HypemanId::encode).orElse(null));
    wire.put("queued_builds", builder.queued().stream().map(HypemanId::encode).toList());
    wire.put("created_at", WireBuild.time(builder.createdAt()));
    wire.put("last_used_at", builder.usedAt().map(WireBuild::time).orElse(null));
    if (!builder.labels().isEmpty()) {
      wire.put("tags", new java.util.TreeMap<>(builder.labels()));
    }
    return wire;
  }
}
