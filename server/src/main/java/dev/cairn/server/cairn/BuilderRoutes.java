package dev.cairn.server.cairn;

import dev.cairn.build.BuildId;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Builders;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The tenant's named builders. */
final class BuilderRoutes {
  private final Builders builders;

  BuilderRoutes(Builders builders) {
    this.builders = builders;
  }

  record CreateBody(
      Optional<String> id,
      Optional<String> name,
      Optional<Integer> diskGb,
      Optional<Map<String, String>> labels) {}

  void list(Request request, Response response) {
    response.json(
        200,
        Map.of(
            "builders",
            builders.list(request.caller().tenant()).stream().map(BuilderRoutes::wire).toList()));
  }

  void create(Request request, Response response) throws IOException {
    CreateBody body = BuildRoutes.parse(ContentRoutes.bytes(request), CreateBody.class);
    var wish =
        new Builders.Wish(
            body.id(), body.name(), body.diskGb(), BuildRoutes.labels(body.labels()), false);
    response.json(201, wire(builders.create(request.caller(), wish)));
  }

  void get(Request request, Response response) {
    response.json(
        200,
        wire(
            builders
                .find(request.caller().tenant(), request.parameter("id"))
                .orElseThrow(() -> new ApiException(404, "not-found", "no builder with this id"))));
  }

  void prune(Request request, Response response) {
    response.json(202, wire(builders.prune(request.caller().tenant(), request.parameter("id"))));
  }

  void delete(Request request, Response response) {
    builders.delete(request.caller().tenant(), request.parameter("id"));
    response.empty(204);
  }

  private static Map<String, Object> wire(Builders.NamedBuilder builder) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("id", builder.id());
    builder.name().ifPresent(name -> wire.put("name", name));
    wire.put("state", Field.word(builder.state()));
    wire.put("diskGb", builder.diskGb());
    wire.put("labels", builder.labels());
    builder.active().ifPresent(build -> wire.put("active", build.toString()));
    wire.put("queued", builder.queued().stream().map(BuildId::toString).toList());
    wire.put("createdAt", WireBuild.time(builder.createdAt()));
    builder.usedAt().ifPresent(at -> wire.put("usedAt", WireBuild.time(at)));
    return wire;
  }
}
