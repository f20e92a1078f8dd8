package dev.cairn.server.hypeman;

import static dev.cairn.server.RealServer.tree;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.FailureKind;
import dev.cairn.build.TenantId;
import dev.cairn.server.Multipart;
import dev.cairn.server.RealServer;
import dev.cairn.service.Right;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The contract's tables, line by line, on the real service. */
@Timeout(60)
class HypemanServiceTest {
  private static final TenantId TENANT = new TenantId("acme");
  private static final byte[] SOURCE =
      Multipart.tgz(Map.of("Dockerfile", "FROM scratch\n", "package-lock.json", "{}"));

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

  private HttpResponse<String> post(Multipart form, String who) throws Exception {
    return server.send(
        server
            .to("/builds", who)
            .header("Content-Type", Multipart.TYPE)
            .POST(BodyPublishers.ofByteArray(form.bytes())));
  }

  private HttpResponse<String> post(String... fields) throws Exception {
    var form = new Multipart().file("source", SOURCE);
    for (int i = 0; i < fields.length; i += 2) {
      form.field(fields[i], fields[i + 1]);
    }
    return post(form, token);
  }

  private String create(String... fields) throws Exception {
    var answer = post(fields);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return tree(answer).path("id").asString("");
  }

  private JsonNode finished(String id) throws Exception {
    server.get("/builds/" + id + "/events?follow=true", token);
    return tree(server.get("/builds/" + id, token));
  }

  private BuildRequest request(String id) {
    return server
        .service()
        .builds()
        .get(TENANT, HypemanId.decode(id).orElseThrow())
        .orElseThrow()
        .request();
  }

  private static void refused(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode error = tree(answer);
    assertThat(error.path("code").asString("")).isEqualTo(code);
    assertThat(error.path("message").asString("")).isNotEmpty();
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
  }

  @Test
  void refusesEveryBadFieldAndCreatesNothing() throws Exception {
    String manyTags =
        IntStream.range(0, 51)
            .mapToObj(i -> "\"k" + i + "\":\"v\"")
            .collect(Collectors.joining(",", "{", "}"));
    List<List<String>> rows =
        List.of(
            List.of("secrets", "no json", "400", "invalid_request"),
            List.of("secrets", "{}", "400", "invalid_request"),
            List.of("secrets", "[\"a\"]", "400", "invalid_request"),
            List.of("secrets", "[{\"id\":\"\"}]", "400", "invalid_request"),
            List.of("secrets", "[{\"id\":\".\"}]", "400", "invalid_request"),
            List.of("secrets", "[{\"id\":\"..\"}]", "400", "invalid_request"),
            List.of("secrets", "[{\"id\":\"a/b\"}]", "400", "invalid_request"),
            List.of("secrets", "[{\"id\":\"a\\\\b\"}]", "400", "invalid_request"),
            List.of("tags", "[]", "400", "invalid_request"),
            List.of("tags", "{\"a\":{}}", "400", "invalid_request"),
            List.of("tags", manyTags, "400", "invalid_request"),
            List.of("tags", "{\"\":\"v\"}", "400", "invalid_request"),
            List.of("tags", "{\"" + "k".repeat(129) + "\":\"v\"}", "400", "invalid_request"),
            List.of("tags", "{\"k\":\"" + "v".repeat(257) + "\"}", "400", "invalid_request"),
            List.of("tags", "{\"k\":\"é\"}", "400", "invalid_request"),
            List.of("image_name", "Not A Name", "400", "invalid_request"),
            List.of("memory_mb", "16385", "400", "invalid_request"),
            List.of("memory_mb", "x", "400", "invalid_request"),
            List.of("cpus", "9", "400", "invalid_request"),
            List.of("cpus", "1.5", "400", "invalid_request"),
            List.of("timeout_seconds", "soon", "400", "invalid_request"),
            List.of("timeout_seconds", "3601", "400", "invalid_request"),
            List.of("cache_scope", "global/node", "400", "invalid_request"),
            List.of("cache_scope", "Upper", "400", "invalid_request"),
            List.of("global_cache_key", "a_b", "400", "invalid_request"),
            List.of("base_image_digest", "sha256:1", "400", "invalid_request"),
            List.of("dockerfile", "x".repeat((1 << 20) + 1), "400", "invalid_request"),
            List.of("is_admin_build", "true", "403", "Forbidden"),
            List.of("is_admin_build", "1", "403", "Forbidden"),
            List.of("builder_id", "b1", "404", "not_found"));
    for (List<String> row : rows) {
      var answer = post(row.get(0), row.get(1));
      refused(answer, Integer.parseInt(row.get(2)), row.get(3));
    }
    assertThat(server.get("/builds", token).body()).isEqualTo("[]");
  }

  @Test
  void refusesEveryBadSourceAndCreatesNothing() throws Exception {
    refused(post(new Multipart().field("cpus", "1"), token), 400, "invalid_request");
    refused(post(new Multipart().file("source", new byte[0]), token), 400, "invalid_request");
    refused(post(new Multipart().file("source", new byte[600]), token), 400, "invalid_source");
    byte[] half = java.util.Arrays.copyOf(SOURCE, SOURCE.length / 2);
    refused(post(new Multipart().file("source", half), token), 400, "invalid_source");
    byte[] bare = Multipart.tgz(Map.of("README", "x"));
    refused(post(new Multipart().file("source", bare), token), 400, "dockerfile_required");
    byte[] big = new byte[(2 << 20) + 1];
    big[0] = 0x1F;
    big[1] = (byte) 0x8B;
    refused(post(new Multipart().file("source", big), token), 400, "invalid_source");
    var noForm = server.send("POST", "/builds", token, new byte[] {'{', '}'});
    refused(noForm, 400, "invalid_request");
    assertThat(server.get("/builds", token).body()).isEqualTo("[]");
  }

  @Test
  void asksForTheTokenAndItsRightsBeforeItReads() throws Exception {
    refused(post(new Multipart().field("x", "y"), "wrong"), 401, "Unauthorized");
    String reader = server.login("acme", EnumSet.of(Right.BUILD_READ)).text();
    var forbidden = post(new Multipart().field("x", "y"), reader);
    refused(forbidden, 403, "Forbidden");
    assertThat(forbidden.body()).contains("build:write");
  }

  @Test
  void mapsEveryFieldIntoTheRequest() throws Exception {
    var defaults = request(create());
    assertThat(defaults.limits().run()).contains(Duration.ofMinutes(10));
    assertThat(defaults.limits().cpus()).isEmpty();
    assertThat(defaults.limits().memoryBytes()).isEmpty();
    assertThat(defaults.cache().written()).isEmpty();
    assertThat(defaults.labels()).isEmpty();
    var below =
        request(create("timeout_seconds", "0", "memory_mb", "-1", "cpus", "0", "unknown", "x"));
    assertThat(below.limits()).isEqualTo(defaults.limits());
    String id =
        create(
            "timeout_seconds",
            "60",
            "memory_mb",
            "512",
            "cpus",
            "3",
            "tags",
            "{\"team\":\"web\"}",
            "cache_scope",
            "mine",
            "global_cache_key",
            "node",
            "image_name",
            "nice/name:v1",
            "dockerfile",
            "FROM scratch\n# other");
    var given = request(id);
    assertThat(given.limits().run()).contains(Duration.ofMinutes(1));
    assertThat(given.limits().cpus()).contains(3000);
    assertThat(given.limits().memoryBytes()).contains(512L << 20);
    assertThat(given.labels()).containsExactly(Map.entry("team", "web"));
    assertThat(given.cache().read()).hasSize(2);
    JsonNode build = finished(id);
    assertThat(build.path("image_ref").asString("")).isEqualTo("nice/name:v1");
    assertThat(build.path("tags").path("team").asString("")).isEqualTo("web");
    assertThat(server.get("/v2/acme/nice/name/manifests/v1", token).statusCode()).isEqualTo(200);
    assertThat(server.get("/v2/builds/" + id + "/manifests/latest", token).statusCode())
        .isEqualTo(200);
  }

  @Test
  void showsTheBuildObjectByItsState() throws Exception {
    var submitted = tree(post());
    assertThat(submitted.path("status").asString("")).isEqualTo("queued");
    for (String member :
        List.of(
            "queue_position",
            "started_at",
            "completed_at",
            "duration_ms",
            "image_digest",
            "image_ref",
            "error",
            "builder_instance_id",
            "builder_id")) {
      assertThat(submitted.has(member)).as(member).isTrue();
      assertThat(submitted.path(member).isNull()).as(member).isTrue();
    }
    assertThat(submitted.has("tags") || submitted.has("provenance")).isFalse();
    JsonNode ready = finished(submitted.path("id").asString(""));
    assertThat(ready.path("status").asString("")).isEqualTo("ready");
    assertThat(ready.path("image_digest").asString("")).matches("sha256:[0-9a-f]{64}");
    assertThat(ready.path("image_ref").asString("")).startsWith("registry.test:5000/");
    assertThat(ready.path("duration_ms").isNumber()).isTrue();
    assertThat(ready.path("created_at").asString("")).endsWith("Z");
    JsonNode provenance = ready.path("provenance");
    assertThat(provenance.path("source_hash").asString("")).matches("[0-9a-f]{64}");
    assertThat(provenance.path("lockfile_hashes").has("package-lock.json")).isTrue();
    assertThat(provenance.path("timestamp").asString("")).startsWith("20");

    server
        .builder()
        .work((job, sink) -> {
          throw BuildException.of(FailureKind.STEP, "step-failed").sentence("RUN x: exit 1");
        });
    JsonNode failed = finished(create("cpus", "1"));
    assertThat(failed.path("status").asString("")).isEqualTo("failed");
    assertThat(failed.path("error").asString("")).contains("RUN x: exit 1");
    assertThat(failed.path("image_digest").isNull()).isTrue();
    assertThat(failed.path("completed_at").isNull()).isFalse();
  }

  @Test
  void listsNewestFirstAndFiltersByEveryTag() throws Exception {
    String first = create("tags", "{\"team\":\"web\",\"env\":\"prod\"}");
    String second = create("tags", "{\"team\":\"web\"}");
    String third = create();
    assertThat(ids("/builds")).containsExactly(third, second, first);
    assertThat(ids("/builds?tags%5Bteam%5D=web")).containsExactly(second, first);
    assertThat(ids("/builds?tags%5Bteam%5D=web&tags%5Benv%5D=prod")).containsExactly(first);
    assertThat(ids("/builds?tags%5Bteam%5D=api")).isEmpty();
    assertThat(ids("/builds?unknown=x")).hasSize(3);
  }

  private List<String> ids(String path) throws Exception {
    List<String> ids = new ArrayList<>();
    tree(server.get(path, token)).forEach(build -> ids.add(build.path("id").asString("")));
    return ids;
  }

  @Test
  void cancelsByTheTable() throws Exception {
    var begun = new CountDownLatch(1);
    server
        .builder()
        .work((job, sink) -> {
          begun.countDown();
          Thread.sleep(60_000);
        });
    String running = create();
    begun.await();
    assertThat(cancel(running).statusCode()).isEqualTo(204);
    JsonNode build = finished(running);
    assertThat(build.path("status").asString("")).isEqualTo("cancelled");
    assertThat(build.path("completed_at").isNull()).isFalse();
    assertThat(build.path("duration_ms").isNull()).isTrue();
    var again = cancel(running);
    refused(again, 409, "conflict");
    assertThat(again.headers().firstValue("x-should-retry")).contains("false");
    refused(cancel("a".repeat(24)), 404, "not_found");
    refused(cancel("%2e%2e%2fx"), 404, "not_found");

    int slots = server.service().builds().queue().slots();
    List<String> busy = new ArrayList<>();
    for (int i = 0; i < slots; i++) {
      busy.add(create("cpus", "1"));
    }
    String waiting = create("cpus", "2");
    assertThat(cancel(waiting).statusCode()).isEqualTo(204);
    assertThat(finished(waiting).path("status").asString("")).isEqualTo("cancelled");
    for (String id : busy) {
      assertThat(cancel(id).statusCode()).isEqualTo(204);
    }
  }

  private HttpResponse<String> cancel(String id) throws Exception {
    return server.send(server.to("/builds/" + id, token).DELETE());
  }

  @Test
  void streamsByTheTable() throws Exception {
    var begun = new CountDownLatch(1);
    var released = new CountDownLatch(1);
    server
        .builder()
        .work((job, sink) -> {
          sink.event(new BuildEvent.Log(0, BuildEvent.Stream.STDOUT, "early"));
          begun.countDown();
          released.await();
          sink.event(new BuildEvent.Log(0, BuildEvent.Stream.STDOUT, ""));
          sink.event(new BuildEvent.Log(0, BuildEvent.Stream.STDOUT, "late"));
        });
    String id = create();
    String path = "/builds/" + id + "/events";
    begun.await();
    List<JsonNode> stored = events(server.get(path, token));
    assertThat(stored).allMatch(event -> event.path("type").asString("").equals("log"));
    var releasing =
        Thread.ofVirtual()
            .start(() -> {
              try {
                // Long enough for a heartbeat, which comes after 200 ms here.
                Thread.sleep(600);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              released.countDown();
            });
    var answer = server.get(path + "?follow=true", token);
    releasing.join();
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-cache");
    assertThat(answer.headers().firstValue("X-Accel-Buffering")).contains("no");
    assertThat(answer.body().lines().filter(line -> !line.isEmpty()))
        .allMatch(line -> line.startsWith("data: {"));
    assertThat(answer.body()).endsWith("\n\n");
    List<JsonNode> live = events(answer);
    assertThat(live).allMatch(event -> event.path("timestamp").asString("").endsWith("Z"));
    assertThat(live).anyMatch(event -> event.path("type").asString("").equals("heartbeat"));
    assertThat(contents(live)).containsSubsequence("early", "late");
    List<String> statuses = statuses(live);
    assertThat(statuses).doesNotHaveDuplicates().startsWith("building").endsWith("ready");
    assertThat(live.getLast().path("status").asString("")).isEqualTo("ready");

    List<JsonNode> late = events(server.get(path + "?follow=true", token));
    assertThat(contents(late)).containsSubsequence("early", "late");
    assertThat(statuses(late)).containsExactly("ready");
    assertThat(statuses(events(server.get(path + "?follow=false", token)))).isEmpty();

    refused(server.get(path + "?follow=maybe", token), 400, "Bad Request");
    refused(server.get("/builds/" + "a".repeat(24) + "/events", token), 404, "not_found");
    refused(server.get(path, server.token("other")), 404, "not_found");
    refused(server.get(path, "wrong"), 401, "Unauthorized");
  }

  private static List<JsonNode> events(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer
        .body()
        .lines()
        .filter(line -> !line.isEmpty())
        .map(line -> JsonMapper.shared().readTree(line.substring("data: ".length())))
        .toList();
  }

  private static List<String> contents(List<JsonNode> events) {
    return events.stream().map(event -> event.path("content").asString("")).toList();
  }

  private static List<String> statuses(List<JsonNode> events) {
    return events.stream()
        .filter(event -> event.path("type").asString("").equals("status"))
        .map(event -> event.path("status").asString(""))
        .toList();
  }
}
