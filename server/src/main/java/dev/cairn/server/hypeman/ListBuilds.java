package dev.cairn.server.hypeman;

import dev.cairn.server.http.Handler;
import dev.cairn.server.http.Json;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Build;
import dev.cairn.service.BuildQuery;
import dev.cairn.service.Builds;
import dev.cairn.service.Page;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code GET /builds}: a bare array, newest first, written page by page. */
final class ListBuilds implements Handler {
  private static final int PAGE = 200;

  private final Builds builds;
  private final WireBuild wire;

  ListBuilds(Builds builds, WireBuild wire) {
    this.builds = builds;
    this.wire = wire;
  }

  @Override
  public void handle(Request request, Response response) throws IOException, InterruptedException {
    var query = BuildQuery.NEWEST.withLabels(Tags.filter(request));
    var tenant = request.caller().tenant();
    // The first page is read before the answer begins, so that an error can still be told.
    Page<Build> first = builds.list(tenant, query.page(Optional.empty(), PAGE));
    response.stream(
        200,
        "application/json",
        OptionalLong.empty(),
        out -> {
          Page<Build> page = first;
          boolean any = false;
          out.write('[');
          while (true) {
            for (Build build : page.items()) {
              out.write((any ? "," : "").getBytes(StandardCharsets.US_ASCII));
              out.write(Json.STRICT.writeValueAsBytes(wire.of(build, request.host())));
              any = true;
            }
            if (page.next().isEmpty()) {
              break;
            }
            page = builds.list(tenant, query.page(page.next(), PAGE));
          }
          out.write(']');
        });
  }
}
