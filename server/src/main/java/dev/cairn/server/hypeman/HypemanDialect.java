package dev.cairn.server.hypeman;

import dev.cairn.build.BuildId;
import dev.cairn.server.SourceFiles;
import dev.cairn.server.http.Access;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Dialect;
import dev.cairn.server.http.Method;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.server.http.Route;
import dev.cairn.server.http.ServiceErrors;
import dev.cairn.service.Build;
import dev.cairn.service.Builders;
import dev.cairn.service.Builds;
import dev.cairn.service.Contexts;
import dev.cairn.service.Events;
import dev.cairn.service.Images;
import dev.cairn.service.NamedImages;
import dev.cairn.service.Pushes;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The routes and error bodies of the Hypeman API. */
public final class HypemanDialect implements Dialect {
  private final Builds builds;
  private final WireBuild wire;
  private final CreateBuild create;
  private final ListBuilds list;
  private final StreamEvents events;
  private final BuilderCalls builders;
  private final ImageCalls images;
  private final PushCalls pushes;

  /**
   * What the dialect calls.
   *
   * @param builds builds
   * @param events their logs
   * @param contexts their sources
   * @param builders their caches
   * @param named images by name
   * @param images the tags of our registry
   * @param pushes images on their way elsewhere
   */
  public record Facades(
      Builds builds,
      Events events,
      Contexts contexts,
      Builders builders,
      NamedImages named,
      Images images,
      Pushes pushes) {}

  /** The dialect over the service's façades. */
  public HypemanDialect(Facades facades, SourceFiles files, HypemanOptions options) {
    this.builds = facades.builds();
    this.wire = new WireBuild(options);
    this.create = new CreateBuild(facades, files, wire, options);
    this.list = new ListBuilds(builds, wire);
    this.events = new StreamEvents(builds, facades.events(), options.heartbeat());
    this.builders = new BuilderCalls(facades.builders());
    this.images = new ImageCalls(facades.named(), facades.images(), options);
    this.pushes = new PushCalls(facades.pushes(), facades.images(), builds, options);
  }

  @Override
  public String name() {
    return "hypeman";
  }

  @Override
  public String prefix() {
    return "/builds";
  }

  @Override
  public List<String> prefixes() {
    return List.of(prefix(), "/builders", "/images", "/pushes", "/spec.yaml");
  }

  @Override
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>(buildRoutes());
    routes.addAll(builders.routes());
    routes.addAll(images.routes());
    routes.addAll(pushes.routes());
    routes.add(Route.of(Method.GET, "/spec.yaml", HypemanDialect::contract).access(Access.open()));
    return routes;
  }

  private List<Route> buildRoutes() {
    return List.of(
        // The form's own limits come first and answer with the dialect's codes.
        Route.of(Method.POST, "/builds", create)
            .access(Access.bearer(Right.BUILD_WRITE))
            .body(Long.MAX_VALUE),
        Route.of(Method.GET, "/builds", list).access(Access.bearer(Right.BUILD_READ)),
        Route.of(Method.GET, "/builds/{id}", this::get).access(Access.bearer(Right.BUILD_READ)),
        Route.of(Method.DELETE, "/builds/{id}", this::cancel)
            .access(Access.bearer(Right.BUILD_DELETE)),
        Route.of(Method.GET, "/builds/{id}/events", events)
            .access(Access.bearer(Right.BUILD_READ)));
  }

  private static void contract(Request request, Response response) throws IOException {
    try (InputStream in = HypemanDialect.class.getResourceAsStream("openapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("openapi.yaml is not beside its classes");
      }
      response.bytes(200, "application/vnd.oai.openapi", in.readAllBytes());
    }
  }

  private void get(Request request, Response response) {
    response.json(200, wire.of(find(builds, request), request.host()));
  }

  private void cancel(Request request, Response response) {
    var caller = request.caller();
    switch (builds.cancel(caller.tenant(), id(request), caller.tokenId(), "DELETE /builds")) {
      case CANCELLED, STOPPING -> response.empty(204);
      case ENDED -> throw new ApiException(409, "the build has already completed");
      case UNKNOWN -> throw unknown();
    }
  }

  static Build find(Builds builds, Request request) {
    return builds.get(request.caller().tenant(), id(request)).orElseThrow(HypemanDialect::unknown);
  }

  static BuildId id(Request request) {
    return HypemanId.decode(request.parameter("id")).orElseThrow(HypemanDialect::unknown);
  }

  private static ApiException unknown() {
    return new ApiException(404, "no build with this id");
  }

  @Override
  public ApiException translate(ServiceException refused) {
    int status =
        switch (refused.kind()) {
          // A client library knows 400 better than 413 and 422.
          case INVALID, TOO_LARGE, UNSUPPORTED -> 400;
          case FORBIDDEN, NOT_FOUND, CONFLICT, QUOTA, UNAVAILABLE ->
              ServiceErrors.status(refused.kind());
        };
    String message = ServiceErrors.translate(refused, "").message();
    return new ApiException(status, status == 400 ? "invalid_request" : "", message).cause(refused);
  }

  @Override
  public void error(ApiException problem, Response response) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("code", problem.code().orElseGet(() -> code(problem.status())));
    body.put("message", problem.message());
    if (problem.status() == 409) {
      // Both official libraries would send the request again.
      response.header("x-should-retry", "false");
    }
    response.json(problem.status(), body);
  }

  /** Errors in front of the handlers carry reason phrases, those of handlers snake case. */
  private static String code(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "not_found";
      case 405 -> "Method Not Allowed";
      case 409 -> "conflict";
      case 413 -> "invalid_request";
      case 429 -> "too_many_requests";
      default -> "internal_error";
    };
  }
}
