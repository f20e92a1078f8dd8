package dev.cairn.server.hypeman;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.server.Contract;
import dev.cairn.server.Multipart;
import dev.cairn.server.PublicRegistry;
import dev.cairn.server.RealServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Holds the served contract, the routes and what really comes together. */
@Timeout(60)
class SpecTest {
  @TempDir Path directory;

  @Test
  void hasEveryRouteWithItsRightAndNoneMore() throws Exception {
    try (var server = new RealServer(directory)) {
      var hypeman = server.dialects().stream().filter(d -> d.name().equals("hypeman")).findFirst();
      Set<String> served = new TreeSet<>(Contract.operations(hypeman.orElseThrow().routes()));
      // Served for everybody, whatever the dialect.
      served.add("GET /health public");

      assertThat(Contract.beside(HypemanDialect.class).operations("")).isEqualTo(served);
    }
  }

  @Test
  void isServedToAnybody() throws Exception {
    try (var server = new RealServer(directory)) {
      var answer = server.send(server.to("/spec.yaml", "").copy().setHeader("Authorization", ""));

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type"))
          .contains("application/vnd.oai.openapi");
      assertThat(new YAMLMapper().readTree(answer.body()))
          .isEqualTo(Contract.beside(HypemanDialect.class).document());
    }
  }

  @Test
  void tellsEveryMemberThatComes() throws Exception {
    var contract = Contract.beside(HypemanDialect.class);
    try (var registry = new PublicRegistry();
        var server = new RealServer(directory, Set.of(registry.host()))) {
      String token = server.token("acme");
      registry.add("app", "1", "x");
      server.json(
          "POST",
          "/images",
          token,
          "{\"name\":\"" + registry.host() + "/app:1\",\"tags\":{\"a\":\"b\"}}");
      server.json(
          "POST", "/builders", token, "{\"id\":\"b\",\"name\":\"n\",\"tags\":{\"a\":\"b\"}}");
      var form =
          new Multipart()
              .file("source", Multipart.tgz(Map.of("Dockerfile", "FROM scratch\n", "go.sum", "")))
              .field("builder_id", "b")
              .field("tags", "{\"a\":\"b\"}");
      var made =
          server.send(
              server
                  .to("/builds", token)
                  .header("Content-Type", Multipart.TYPE)
                  .POST(BodyPublishers.ofByteArray(form.bytes())));
      String build = RealServer.tree(made).path("id").asString("");
      server.get("/builds/" + build + "/events?follow=true", token);
      while (pulled(server, token).isEmpty()) {
        Thread.sleep(20);
      }

      fits(contract.schema("Build"), RealServer.tree(server.get("/builds/" + build, token)));
      fits(contract.schema("Builder"), RealServer.tree(server.get("/builders/b", token)));
      fits(contract.schema("Image"), pulled(server, token).orElseThrow());
      fits(contract.schema("Error"), RealServer.tree(server.get("/images/nothing", token)));
    }
  }

  private static java.util.Optional<JsonNode> pulled(RealServer server, String token)
      throws Exception {
    for (JsonNode image : RealServer.tree(server.get("/images", token))) {
      if (image.has("tags") && image.path("status").asString("").equals("ready")) {
        return java.util.Optional.of(image);
      }
    }
    return java.util.Optional.empty();
  }

  /** This is a full object: every member of the schema is there, and none that it does not know. */
  private static void fits(JsonNode schema, JsonNode object) {
    Set<String> told = new TreeSet<>(schema.path("properties").propertyNames());
    assertThat(new TreeSet<>(object.propertyNames())).as(object.toString()).isEqualTo(told);
    JsonNode statuses = schema.path("properties").path("status").path("enum");
    if (statuses.isArray()) {
      assertThat(statuses.toString()).contains("\"" + object.path("status").asString("") + "\"");
    }
  }
}
