package dev.cairn.server.hypeman;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildState;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Recipe;
import dev.cairn.server.MemoryBuilds;
import dev.cairn.server.Multipart;
import dev.cairn.server.TinyContexts;
import dev.cairn.server.Unused;
import dev.cairn.server.http.FixedTokens;
import dev.cairn.server.http.HttpOptions;
import dev.cairn.server.http.HttpServer;
import dev.cairn.server.http.Listener;
import dev.cairn.service.Images;
import dev.cairn.service.NamedImages;
import dev.cairn.service.Pushes;
import dev.cairn.service.Right;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HypemanDialectTest {
  private static final byte[] SOURCE =
      Multipart.tgz(Map.of("Dockerfile", "FROM scratch\n", "package-lock.json", "{}"));

  private final MemoryBuilds builds = new MemoryBuilds();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private HttpServer server;

  @BeforeEach
  void start() {
    var contexts = new TinyContexts();
    var options =
        new HypemanOptions(
            Optional.of("registry.test:5000"),
            false,
            2 << 20,
            Duration.ofHours(1),
            Duration.ofMillis(200));
    server =
        HttpServer.start(
            List.of(new Listener.Tcp("127.0.0.1", 0)),
            List.of(
                new HypemanDialect(
                    new HypemanDialect.Facades(
                        builds,
                        builds,
                        contexts,
                        new NoBuilders(),
                        Unused.of(NamedImages.class),
                        Unused.of(Images.class),
                        Unused.of(Pushes.class)),
                    contexts,
                    options)),
            new FixedTokens()
                .with("full", "acme", Right.all())
                .with("plain", "acme", Right.ordinary())
                .with("reader", "acme", Set.of(Right.BUILD_READ))
                .with("other", "other", Right.ordinary()),
            (method, route, status, nanos) -> {},
            HttpOptions.DEFAULT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpRequest.Builder to(String path, String token) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port(0) + path))
        .header("Authorization", "Bearer " + token);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(Multipart form, String token) throws Exception {
    return send(
        to("/builds", token)
            .header("Content-Type", Multipart.TYPE)
            .POST(BodyPublishers.ofByteArray(form.bytes())));
  }

  private BuildId create() throws Exception {
    assertThat(post(new Multipart().file("source", SOURCE), "plain").statusCode()).isEqualTo(202);
    return builds.submissions.getLast().id();
  }

  @Test
  void acceptsTheSourceInAnyPlace() throws Exception {
    var first = post(new Multipart().file("source", SOURCE).field("cpus", "2"), "plain");
    var last = post(new Multipart().field("cpus", "2").file("source", SOURCE), "plain");
    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(last.statusCode()).isEqualTo(202);
    assertThat(first.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(first.body())
        .contains("\"status\":\"queued\"")
        .contains("\"queue_position\":null")
        .contains("\"image_ref\":null")
        .contains("\"builder_id\":null")
        .doesNotContain("provenance")
        .doesNotContain("tags");
    assertThat(builds.submissions.get(1).request().limits().cpus()).contains(2000);
  }

  @Test
  void acceptsAChunkedBodyAndIgnoresUnknownFields() throws Exception {
    byte[] body = new Multipart().field("build_args[A]", "1").file("source", SOURCE).bytes();
    var answer =
        send(
            to("/builds", "plain")
                .header("Content-Type", Multipart.TYPE)
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body))));
    assertThat(answer.statusCode()).isEqualTo(202);
  }

  @Test
  void takesTheLastOfRepeatedFieldsAndTheFieldBeforeTheFile() throws Exception {
    post(
        new Multipart()
            .field("dockerfile", "FROM a")
            .file("source", SOURCE)
            .field("dockerfile", "FROM b"),
        "plain");
    var recipe = (Recipe.Dockerfile) builds.submissions.getLast().request().recipe();
    assertThat(recipe.file()).isEqualTo(new Recipe.DockerfileText.Inline("FROM b"));
  }

  @Test
  void createsNothingFromABodyThatBreaksOff() throws Exception {
    byte[] body = new Multipart().file("source", SOURCE).bytes();
    for (int cut : new int[] {10, 150, body.length - 30, body.length - 4}) {
      try (var socket = new Socket("127.0.0.1", server.port(0))) {
        var out = socket.getOutputStream();
        out.write(
            ("POST /builds HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer plain\r\nContent-Type: "
                    + Multipart.TYPE
                    + "\r\nContent-Length: "
                    + body.length
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(body, 0, cut);
        out.flush();
      }
    }
    byte[] unfinished = java.util.Arrays.copyOf(body, body.length - 12);
    var answer =
        send(
            to("/builds", "plain")
                .header("Content-Type", Multipart.TYPE)
                .POST(BodyPublishers.ofByteArray(unfinished)));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("invalid_request");
    assertThat(builds.submissions).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "secrets|not json|400|invalid_request",
        "secrets|{}|400|invalid_request",
        "secrets|[1]|400|invalid_request",
        "secrets|[{}]|400|invalid_request",
        "secrets|[{\"id\":\"..\"}]|400|invalid_request",
        "secrets|[{\"id\":\"a/b\"}]|400|invalid_request",
        "tags|[]|400|invalid_request",
        "tags|{\"a\":1}|400|invalid_request",
        "tags|{\"\":\"x\"}|400|invalid_request",
        "tags|{\"a\":\"#\"}|400|invalid_request",
        "image_name|UPPER CASE|400|invalid_request",
        "memory_mb|16385|400|invalid_request",
        "memory_mb|much|400|invalid_request",
        "cpus|9|400|invalid_request",
        "timeout_seconds|1.5|400|invalid_request",
        "timeout_seconds|3601|400|invalid_request",
        "cache_scope|global/node|400|invalid_request",
        "global_cache_key|../x|400|invalid_request",
        "base_image_digest|sha256:xyz|400|invalid_request",
        "builder_id|b1|404|not_found",
        "is_admin_build|true|403|Forbidden",
      })
  void answersBadFieldsByTheTable(String field, String value, int status, String code)
      throws Exception {
    var answer = post(new Multipart().file("source", SOURCE).field(field, value), "plain");
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains("\"code\":\"" + code + "\"").contains("\"message\":");
    assertThat(builds.submissions).isEmpty();
  }

  @Test
  void answersBadSourcesByTheTable() throws Exception {
    assertThat(post(new Multipart().field("cpus", "1"), "plain").body())
        .contains("invalid_request");
    assertThat(post(new Multipart().file("source", new byte[0]), "plain").body())
        .contains("invalid_request");
    assertThat(post(new Multipart().file("source", new byte[1000]), "plain").body())
        .contains("invalid_source");
    byte[] cut = java.util.Arrays.copyOf(SOURCE, SOURCE.length / 2);
    assertThat(post(new Multipart().file("source", cut), "plain").body())
        .contains("invalid_source");
    // A corrupt archive is told only after the fields were checked.
    assertThat(post(new Multipart().file("source", cut).field("cpus", "99"), "plain").body())
        .contains("invalid_request");
    byte[] bare = Multipart.tgz(Map.of("readme", "x"));
    assertThat(post(new Multipart().file("source", bare), "plain").body())
        .contains("dockerfile_required");
    assertThat(
            post(new Multipart().file("source", bare).field("dockerfile", "FROM x"), "plain")
                .statusCode())
        .isEqualTo(202);
    byte[] big = new byte[3 << 20];
    big[0] = 0x1F;
    big[1] = (byte) 0x8B;
    assertThat(post(new Multipart().file("source", big), "plain").body())
        .contains("invalid_source");
    assertThat(
            post(
                    new Multipart()
                        .file("source", SOURCE)
                        .field("dockerfile", "x".repeat((1 << 20) + 1)),
                    "plain")
                .body())
        .contains("invalid_request");
  }

  @Test
  void mapsTheCacheNamesByTheTable() throws Exception {
    post(
        new Multipart()
            .file("source", SOURCE)
            .field("cache_scope", "s")
            .field("global_cache_key", "node"),
        "plain");
    var cache = builds.submissions.getLast().request().cache();
    var own = new CacheScope("acme", "s");
    assertThat(cache.written()).contains(own);
    assertThat(cache.read()).containsExactly(CacheScope.shared("node"), own);
    post(
        new Multipart()
            .file("source", SOURCE)
            .field("is_admin_build", "1")
            .field("cache_scope", "s")
            .field("global_cache_key", "node"),
        "full");
    cache = builds.submissions.getLast().request().cache();
    assertThat(cache.written()).contains(CacheScope.shared("node"));
    assertThat(cache.read()).containsExactly(CacheScope.shared("node"));
  }

  @Test
  void recognisesARetriedCreation() throws Exception {
    byte[] body = new Multipart().file("source", SOURCE).field("cpus", "1").bytes();
    String first = "";
    for (int retry = 0; retry < 3; retry++) {
      var answer =
          send(
              to("/builds", "plain")
                  .header("Content-Type", Multipart.TYPE)
                  .header("X-Stainless-Retry-Count", Integer.toString(retry))
                  .POST(BodyPublishers.ofByteArray(body)));
      first = first.isEmpty() ? answer.body() : first;
      assertThat(answer.body()).isEqualTo(first);
    }
    assertThat(builds.submissions).hasSize(1);
    assertThat(post(new Multipart().file("source", SOURCE).field("cpus", "1"), "plain").body())
        .isNotEqualTo(first);
  }

  @Test
  void listsByTagsAndHidesOtherTenants() throws Exception {
    post(
        new Multipart().file("source", SOURCE).field("tags", "{\"team\":\"web\",\"e\":\"p\"}"),
        "plain");
    create();
    assertThat(send(to("/builds", "plain")).body()).startsWith("[{").contains("},{");
    assertThat(send(to("/builds?tags%5Bteam%5D=web&tags%5Be%5D=p", "plain")).body())
        .contains("\"team\":\"web\"")
        .doesNotContain("},{");
    assertThat(send(to("/builds?tags%5Bteam%5D=x", "plain")).body()).isEqualTo("[]");
    assertThat(send(to("/builds", "other")).body()).isEqualTo("[]");
    String id = HypemanId.encode(builds.submissions.getLast().id());
    assertThat(send(to("/builds/" + id, "other")).body())
        .isEqualTo(send(to("/builds/" + "a".repeat(24), "other")).body());
    assertThat(send(to("/builds/" + id + "/events", "other")).statusCode()).isEqualTo(404);
    assertThat(send(to("/builds/" + id, "other").DELETE()).statusCode()).isEqualTo(404);
  }

  @Test
  void cancelsOnceAndTellsClientsNotToRetryAConflict() throws Exception {
    String path = "/builds/" + HypemanId.encode(create());
    assertThat(send(to(path, "reader").DELETE()).body()).contains("Forbidden");
    var done = send(to(path, "plain").DELETE());
    assertThat(done.statusCode()).isEqualTo(204);
    assertThat(done.body()).isEmpty();
    var again = send(to(path, "plain").DELETE());
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body()).contains("conflict");
    assertThat(again.headers().firstValue("x-should-retry")).contains("false");
    assertThat(send(to(path, "plain")).body()).contains("\"status\":\"cancelled\"");
  }

  @Test
  void streamsStoredLinesWithoutStatusWhenNotFollowing() throws Exception {
    BuildId id = create();
    builds.append(
        id, new BuildEvent.Log(0, BuildEvent.Stream.BUILDER, "evil\u2028\u001b[2J\ndata: x"));
    var answer = send(to("/builds/" + HypemanId.encode(id) + "/events", "plain"));
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
    assertThat(answer.body())
        .startsWith("data: {\"type\":\"log\"")
        .endsWith("}\n\n")
        .contains("evil\\u2028\\u001b[2J\\ndata: x".replace("\\u001b", "\\u001B"))
        .doesNotContain("status");
    assertThat(answer.body().lines().filter(line -> !line.isEmpty())).hasSize(1);
    assertThat(send(to("/builds/" + HypemanId.encode(id) + "/events?follow=maybe", "plain")).body())
        .contains("Bad Request");
  }

  @Test
  void followsToTheTerminalStatusWithHeartbeats() throws Exception {
    BuildId id = create();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Thread.sleep(500);
                builds.move(id, BuildState.BUILDING, Optional.empty());
                builds.append(id, new BuildEvent.Log(0, BuildEvent.Stream.STDOUT, "hello"));
                builds.move(id, BuildState.CANCELLED, Optional.empty());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    String body =
        send(to("/builds/" + HypemanId.encode(id) + "/events?follow=true", "plain")).body();
    thread.join();
    assertThat(body.indexOf("\"status\":\"queued\"")).isPositive();
    assertThat(body).contains("heartbeat").contains("\"content\":\"hello\"");
    assertThat(body.indexOf("hello")).isLessThan(body.indexOf("\"cancelled\""));
    assertThat(body.stripTrailing()).endsWith("\"status\":\"cancelled\"}");
    String late =
        send(to("/builds/" + HypemanId.encode(id) + "/events?follow=true", "plain")).body();
    assertThat(late.lines().filter(line -> line.contains("\"type\":\"status\""))).hasSize(1);
  }

  @Test
  void spellsIdsBothWays() {
    var random = new java.security.SecureRandom();
    for (int i = 0; i < 1000; i++) {
      BuildId id = BuildId.next(java.time.Instant.now(), random);
      String text = HypemanId.encode(id);
      assertThat(text).matches("[a-z][a-z0-9]{23}");
      assertThat(HypemanId.decode(text)).contains(id);
    }
    assertThat(HypemanId.decode("zzzzzzzzzzzzzzzzzzzzzzzz")).isEmpty();
    assertThat(HypemanId.decode("../../etc/passwd")).isEmpty();
  }
}
