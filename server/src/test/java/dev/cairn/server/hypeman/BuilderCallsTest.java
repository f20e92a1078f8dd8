package dev.cairn.server.hypeman;

import static dev.cairn.server.RealServer.tree;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildId;
import dev.cairn.build.CacheRecords.CacheRecord;
import dev.cairn.build.CacheScope;
import dev.cairn.oci.Digest;
import dev.cairn.server.FakeBuilder;
import dev.cairn.server.Multipart;
import dev.cairn.server.RealServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Section 12.2 of the contract, on the real service. */
@Timeout(60)
class BuilderCallsTest {
  private static final byte[] SOURCE = Multipart.tgz(Map.of("Dockerfile", "FROM scratch\n"));

  @TempDir Path directory;
  private RealServer server;
  private String token;

  @BeforeEach
  void start() throws Exception {
    server = new RealServer(directory);
    token = server.token("acme");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private HttpResponse<String> create(String json) throws Exception {
    return server.json("POST", "/builders", token, json);
  }

  private HttpResponse<String> call(String method, String path) throws Exception {
    return server.send(method, path, token, new byte[0]);
  }

  private HttpResponse<String> build(String builder, String who, String... more) throws Exception {
    var form = new Multipart().file("source", SOURCE).field("builder_id", builder);
    for (int i = 0; i < more.length; i += 2) {
      form.field(more[i], more[i + 1]);
    }
    return server.send(
        server
            .to("/builds", who)
            .header("Content-Type", Multipart.TYPE)
            .POST(BodyPublishers.ofByteArray(form.bytes())));
  }

  private String built(String builder) throws Exception {
    var answer = build(builder, token);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return tree(answer).path("id").asString("");
  }

  private void finished(String build) throws Exception {
    server.get("/builds/" + build + "/events?follow=true", token);
    assertThat(tree(server.get("/builds/" + build, token)).path("status").asString(""))
        .isEqualTo("ready");
  }

  private void reaches(String builder, String status) throws Exception {
    while (!tree(server.get("/builders/" + builder, token))
        .path("status")
        .asString("")
        .equals(status)) {
      Thread.sleep(20);
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asString("")));
    return texts;
  }

  @Test
  void makesShowsAndDeletesOne() throws Exception {
    var made =
        create(
            "{\"id\":\"ci\",\"name\":\"The CI\",\"disk_size_gb\":5,\"tags\":{\"team\":\"web\"}}");

    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(made.body())
        .contains("\"id\":\"ci\"")
        .contains("\"name\":\"The CI\"")
        .contains("\"status\":\"ready\"")
        .contains("\"disk_size_gb\":5")
        .contains("\"max_concurrency\":1")
        .contains("\"active_build_id\":null")
        .contains("\"queued_builds\":[]")
        .contains("\"last_used_at\":null")
        .contains("\"tags\":{\"team\":\"web\"}");
    assertThat(server.get("/builders/ci", token).body()).isEqualTo(made.body());
    assertThat(call("DELETE", "/builders/ci").statusCode()).isEqualTo(204);
    assertThat(server.get("/builders/ci", token).statusCode()).isEqualTo(404);
    assertThat(call("DELETE", "/builders/ci").statusCode()).isEqualTo(404);
    assertThat(call("POST", "/builders/ci/prune").statusCode()).isEqualTo(404);
  }

  @Test
  void listsByEveryTag() throws Exception {
    create("{\"id\":\"one\",\"tags\":{\"team\":\"web\",\"env\":\"ci\"}}");
    create("{\"id\":\"two\",\"tags\":{\"team\":\"web\"}}");
    server.json("POST", "/builders", server.token("other"), "{\"id\":\"foreign\"}");

    assertThat(ids("")).containsExactlyInAnyOrder("one", "two");
    assertThat(ids("?tags%5Bteam%5D=web&tags%5Benv%5D=ci")).containsExactly("one");
    assertThat(ids("?tags%5Bteam%5D=nobody")).isEmpty();
  }

  private List<String> ids(String query) throws Exception {
    List<String> ids = new ArrayList<>();
    tree(server.get("/builders" + query, token)).forEach(b -> ids.add(b.path("id").asString("")));
    return ids;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\":\"../x\"}|400|invalid_request",
        "{\"id\":\"a b\"}|400|invalid_request",
        "{\"id\":7}|400|invalid_request",
        "{\"disk_size_gb\":-1}|400|invalid_request",
        "{\"disk_size_gb\":10001}|400|invalid_request",
        "{\"disk_size_gb\":1.5}|400|invalid_request",
        "{\"tags\":[]}|400|invalid_request",
        "{\"tags\":{\"\":\"v\"}}|400|invalid_request",
        "[]|400|invalid_request",
        "{|400|invalid_request",
        "{\"id\":\"taken\"}|409|already_exists",
      })
  void refusesByTheTable(String body, int status, String code) throws Exception {
    create("{\"id\":\"taken\"}");

    var answer = create(body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(tree(answer).path("code").asString("")).isEqualTo(code);
    assertThat(ids("")).containsExactly("taken");
  }

  @Test
  void hasAsManyAsMayBe() throws Exception {
    for (int i = 0; i < 100; i++) {
      assertThat(create("").statusCode()).isEqualTo(201);
    }

    var answer = create("{}");

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(tree(answer).path("code").asString("")).isEqualTo("quota_exceeded");
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
  }

  @Test
  void recognisesARetriedCreation() throws Exception {
    String first = tree(create("{\"name\":\"a\"}")).path("id").asString("");
    var again =
        server.send(
            server
                .to("/builders", token)
                .header("X-Stainless-Retry-Count", "1")
                .POST(BodyPublishers.ofString("{\"name\":\"a\"}")));

    assertThat(again.statusCode()).isEqualTo(201);
    assertThat(tree(again).path("id").asString("")).isEqualTo(first);
    assertThat(tree(create("{\"name\":\"a\"}")).path("id").asString("")).isNotEqualTo(first);
  }

  @Test
  void runsOneBuildAfterAnotherInACacheOfItsOwn() throws Exception {
    create("{\"id\":\"ci\"}");
    create("{\"id\":\"other\"}");
    var begun = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    List<CacheScope> scopes = Collections.synchronizedList(new ArrayList<>());
    server
        .builder()
        .work((job, sink) -> {
          scopes.add(job.request().cache().written().orElseThrow());
          assertThat(job.request().cache().read()).contains(scopes.getLast());
          begun.countDown();
          go.await();
        });

    String first = built("ci");
    begun.await();
    String second = built("ci");
    JsonNode busy = tree(server.get("/builders/ci", token));

    assertThat(busy.path("active_build_id").asString("")).isEqualTo(first);
    assertThat(texts(busy.path("queued_builds"))).containsExactly(second);
    assertThat(busy.path("last_used_at").asString("")).isNotEmpty();
    for (var refused :
        List.of(call("POST", "/builders/ci/prune"), call("DELETE", "/builders/ci"))) {
      assertThat(refused.statusCode()).isEqualTo(409);
      assertThat(tree(refused).path("code").asString("")).isEqualTo("conflict");
      assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
    }
    go.countDown();
    finished(first);
    finished(second);
    finished(built("other"));
    assertThat(scopes).hasSize(3);
    assertThat(scopes.get(1)).isEqualTo(scopes.get(0));
    assertThat(scopes.get(2)).isNotEqualTo(scopes.get(0));
    assertThat(tree(server.get("/builds/" + first, token)).path("builder_id").asString(""))
        .isEqualTo("ci");
  }

  @Test
  void prunesItsCacheAndLosesNothingWhenTheDiskFails() throws Exception {
    create("{\"id\":\"ci\",\"disk_size_gb\":3}");
    List<CacheScope> scopes = Collections.synchronizedList(new ArrayList<>());
    server
        .builder()
        .work((job, sink) -> {
          CacheScope scope = job.request().cache().written().orElseThrow();
          scopes.add(scope);
          server.service().records().write(List.of(record(scope)));
        });
    finished(built("ci"));
    assertThat(recorded(scopes.getFirst())).isTrue();
    while (!server
        .builder()
        .kept()
        .contains(new FakeBuilder.Kept(scopes.getFirst(), 3_000_000_000L))) {
      Thread.sleep(20);
    }

    server.builder().breakDisk(true);
    var pruned = call("POST", "/builders/ci/prune");
    assertThat(pruned.statusCode()).isEqualTo(202);
    assertThat(tree(pruned).path("status").asString("")).isEqualTo("pruning");
    finished(built("ci"));
    assertThat(scopes.get(1)).isNotEqualTo(scopes.get(0));
    server.builder().breakDisk(false);
    reaches("ci", "ready");

    assertThat(recorded(scopes.get(0))).isFalse();
    assertThat(recorded(scopes.get(1))).isTrue();
    assertThat(server.builder().kept()).contains(new FakeBuilder.Kept(scopes.get(0), 0));
  }

  private static CacheRecord record(CacheScope scope) {
    return new CacheRecord(
        scope, "test", Digest.sha256(new byte[0]), "step", "{}", Set.of(), Instant.now());
  }

  private boolean recorded(CacheScope scope) {
    return server
        .service()
        .records()
        .find(new BuildId(1, 1), List.of(scope), "test", Digest.sha256(new byte[0]))
        .isPresent();
  }

  @Test
  void buildsOnNoForeignBuilder() throws Exception {
    server.json("POST", "/builders", server.token("other"), "{\"id\":\"theirs\"}");

    var answer = build("theirs", token);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo(build("nobodys", token).body());
    assertThat(texts(tree(server.get("/builds", token)))).isEmpty();
  }
}
