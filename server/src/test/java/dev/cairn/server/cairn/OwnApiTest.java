package dev.cairn.server.cairn;

import static dev.cairn.server.RealServer.tree;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.oci.Digest;
import dev.cairn.server.Multipart;
import dev.cairn.server.RealServer;
import dev.cairn.service.Right;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The own API over the real service. */
class OwnApiTest {
  private static final String BUILD = "{\"recipe\":{\"dockerfile\":{\"text\":\"FROM scratch\"}}}";

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

  @Test
  void takesABuildFromItsAcceptanceToItsImage() throws Exception {
    var created =
        server.send(
            server
                .to("/api/v1/builds", token)
                .header("Idempotency-Key", "k1")
                .POST(
                    BodyPublishers.ofString(
                        "{\"labels\":{\"team\":\"web\"},\"recipe\":{\"dockerfile\":{\"text\":"
                            + "\"FROM scratch\"}},\"outputs\":{\"names\":[\"app:1\"]}}")));
    assertThat(created.statusCode()).isEqualTo(202);
    String id = tree(created).path("id").asString("");
    String path = "/api/v1/builds/" + id;
    assertThat(created.headers().firstValue("Location")).contains(path);
    server.get(path + "/events", token);
    JsonNode done = tree(server.get(path, token));
    assertThat(done.path("state").asString("")).isEqualTo("ready");
    assertThat(done.path("result").path("references").toString()).contains("/acme/app:1");
    String digest = done.path("result").path("image").path("digest").asString("");
    assertThat(server.get("/api/v1/builds?label=team%3Dweb&state=ready", token).body())
        .contains(id);
    assertThat(server.get("/api/v1/builds?label=team%3Dapi", token).body()).doesNotContain(id);
    assertThat(server.get("/api/v1/images/app/manifests/1", token).body()).contains(digest);
    assertThat(server.send("DELETE", path, token, new byte[0]).statusCode()).isEqualTo(409);
  }

  @Test
  void givesTheSameBuildToTheSameIdempotencyKeyAndRefusesAnother() throws Exception {
    var bodies = List.of(BUILD, BUILD, BUILD.replace("scratch", "other"));
    List<Integer> statuses = new ArrayList<>();
    for (String body : bodies) {
      statuses.add(
          server
              .send(
                  server
                      .to("/api/v1/builds", token)
                      .header("Idempotency-Key", "same")
                      .POST(BodyPublishers.ofString(body)))
              .statusCode());
    }
    assertThat(statuses).containsExactly(202, 200, 409);
  }

  @Test
  void tellsWhyABuildFailedAndWhoCancelledIt() throws Exception {
    server
        .builder()
        .work((job, sink) -> {
          throw BuildException.of(FailureKind.STEP, "step-failed")
              .step(1)
              .exitCode(2)
              .sentence("RUN make: exit status 2");
        });
    String failed = server.finishedBuild(token);
    JsonNode failure = tree(server.get("/api/v1/builds/" + failed, token)).path("failure");
    assertThat(failure.path("kind").asString("")).isEqualTo("step");
    assertThat(failure.path("sentence").asString("")).contains("exit status 2");

    var begun = new CountDownLatch(1);
    server
        .builder()
        .work((job, sink) -> {
          begun.countDown();
          Thread.sleep(60_000);
        });
    var running = server.json("POST", "/api/v1/builds", token, BUILD);
    String path = "/api/v1/builds/" + tree(running).path("id").asString("");
    begun.await();
    assertThat(server.send("DELETE", path + "?why=enough", token, new byte[0]).statusCode())
        .isEqualTo(202);
    server.get(path + "/events", token);
    JsonNode cancelled = tree(server.get(path, token));
    assertThat(cancelled.path("state").asString("")).isEqualTo("cancelled");
    assertThat(cancelled.path("cancelRequested").path("why").asString("")).isEqualTo("enough");
  }

  @Test
  void resumesEventsExactlyBehindEveryNumber() throws Exception {
    String path = "/api/v1/builds/" + server.finishedBuild(token) + "/events";
    List<String> all = lines(path, "");
    assertThat(all).hasSizeGreaterThan(5);
    for (int i = 0; i < all.size(); i++) {
      JsonNode event = JsonMapper.shared().readTree(all.get(i));
      assertThat(event.path("number").asLong()).isEqualTo(i + 1L);
    }
    for (int from = 1; from <= all.size() + 1; from++) {
      List<String> rest = all.subList(from - 1, all.size());
      assertThat(lines(path + "?from=" + from, "")).isEqualTo(rest);
      assertThat(lines(path, Integer.toString(from - 1))).isEqualTo(rest);
      var frames = new StringBuilder();
      for (int i = from; i <= all.size(); i++) {
        frames.append("id: ").append(i).append("\ndata: ").append(all.get(i - 1)).append("\n\n");
      }
      assertThat(server.get(path + "?from=" + from, token).body()).isEqualTo(frames.toString());
      assertThat(
              server
                  .send(server.to(path, token).header("Last-Event-ID", Integer.toString(from - 1)))
                  .body())
          .isEqualTo(frames.toString());
    }
    assertThat(server.get(path + "?from=-1", token).statusCode()).isEqualTo(400);
    assertThat(server.get(path + "?from=999999", token).body()).isEmpty();
  }

  private List<String> lines(String path, String lastId) throws Exception {
    var request = server.to(path, token).header("Accept", "application/jsonl");
    if (!lastId.isEmpty()) {
      request.header("Last-Event-ID", lastId);
    }
    return server.send(request).body().lines().toList();
  }

  @Test
  void explainsWhyAStepWasNotCached() throws Exception {
    String steps = "/api/v1/builds/" + server.finishedBuild(token) + "/steps/";
    JsonNode why = tree(server.get(steps + "1/why", token));
    assertThat(why.path("outcome").asString("")).isEqualTo("ran");
    assertThat(why.path("miss").path("reason").asString("")).isEqualTo("files-changed");
    assertThat(why.path("miss").path("details").toString()).contains("src/a.c");
    assertThat(server.get(steps + "2/why", token).statusCode()).isEqualTo(404);
    assertThat(server.get(steps + "x/why", token).statusCode()).isEqualTo(404);
  }

  @Test
  void takesABlobThatIsCutAgainAndAgain() throws Exception {
    var random = new Random(20261120);
    byte[] bytes = new byte[300_000];
    random.nextBytes(bytes);
    String path = "/api/v1/blobs/" + Digest.sha256(bytes);
    int cuts = 0;
    long offset = offset(path);
    while (offset < bytes.length && cuts < 6) {
      int part = 1 + random.nextInt((int) (bytes.length - offset));
      breakOff(path, bytes, (int) offset, part);
      cuts++;
      long now = offset(path);
      assertThat(now).isBetween(offset, offset + part);
      offset = now;
    }
    var wrong =
        server.send(
            server
                .to(path, token)
                .header("Content-Range", "bytes 299999-299999/300000")
                .PUT(BodyPublishers.ofByteArray(bytes, 299_999, 1)));
    if (offset != 299_999) {
      assertThat(wrong.statusCode()).isEqualTo(409);
      assertThat(wrong.headers().firstValue("Upload-Offset")).contains(Long.toString(offset));
    }
    int at = (int) offset;
    var rest =
        server.send(
            server
                .to(path, token)
                .header("Content-Range", "bytes " + at + "-299999/300000")
                .PUT(BodyPublishers.ofByteArray(bytes, at, bytes.length - at)));
    assertThat(rest.statusCode()).as(rest.body()).isEqualTo(201);
    assertThat(server.bytes(server.to(path, token)).body()).isEqualTo(bytes);
    byte[] slice = server.bytes(server.to(path, token).header("Range", "bytes=1000-1999")).body();
    assertThat(slice).isEqualTo(Arrays.copyOfRange(bytes, 1000, 2000));
    assertThat(server.get(path, server.token("other")).statusCode()).isEqualTo(404);
  }

  @Test
  void refusesBytesOfAnotherDigestAndTakesTheRightOnesAfterwards() throws Exception {
    byte[] right = "right".getBytes(StandardCharsets.UTF_8);
    String path = "/api/v1/blobs/" + Digest.sha256(right);
    byte[] wrong = "wrong".getBytes(StandardCharsets.UTF_8);
    assertThat(server.send("PUT", path, token, wrong).statusCode()).isEqualTo(400);
    assertThat(server.get(path, token).statusCode()).isEqualTo(404);
    assertThat(server.send("PUT", path, token, right).statusCode()).isEqualTo(201);
    assertThat(server.send("PUT", path, token, right).statusCode()).isEqualTo(200);
  }

  private long offset(String path) throws Exception {
    // The server may still be writing what a broken connection brought.
    for (int i = 0; i < 100; i++) {
      var head = server.send(server.to(path, token).method("HEAD", BodyPublishers.noBody()));
      if (head.statusCode() == 200 || head.statusCode() == 204) {
        long first = head.headers().firstValueAsLong("Upload-Offset").orElseThrow();
        Thread.sleep(50);
        var again = server.send(server.to(path, token).method("HEAD", BodyPublishers.noBody()));
        if (again.headers().firstValueAsLong("Upload-Offset").orElse(-1) == first) {
          return first;
        }
      }
      Thread.sleep(20);
    }
    throw new AssertionError("the upload does not come to rest");
  }

  private void breakOff(String path, byte[] bytes, int from, int count) throws Exception {
    try (var socket = new Socket("127.0.0.1", server.port())) {
      String head =
          "PUT "
              + path
              + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + token
              + "\r\nContent-Range: bytes "
              + from
              + "-"
              + (bytes.length - 1)
              + "/"
              + bytes.length
              + "\r\nContent-Length: "
              + (bytes.length - from)
              + "\r\n\r\n";
      var out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      // One byte less than announced at most, so that it never completes here.
      out.write(bytes, from, Math.min(count, bytes.length - from - 1));
      out.flush();
    }
  }

  @Test
  void takesAContextByBlocksFilesAndBundles() throws Exception {
    byte[] first = "first".getBytes(StandardCharsets.UTF_8);
    byte[] second = "second".getBytes(StandardCharsets.UTF_8);
    byte[] block = (entry("a/one", first) + entry("two", second)).getBytes(StandardCharsets.UTF_8);
    JsonNode answer = offer(block, List.of());
    assertThat(answer.path("missing").path("blocks").toString())
        .contains(Digest.sha256(block).toString());
    put(block);
    answer = offer(block, List.of());
    assertThat(answer.path("missing").path("blocks").size()).isZero();
    assertThat(answer.path("missing").path("files").size()).isEqualTo(2);
    put(first);
    answer = offer(block, List.of());
    assertThat(answer.path("missing").path("files").toString())
        .isEqualTo("[\"" + Digest.sha256(second) + "\"]");
    byte[] bundle =
        new java.util.zip.GZIPInputStream(
                new java.io.ByteArrayInputStream(
                    Multipart.tgz(Map.of(Digest.sha256(second).hex(), "second"))))
            .readAllBytes();
    put(bundle);
    answer = offer(block, List.of(Digest.sha256(bundle).toString()));
    assertThat(answer.path("files").asInt()).isEqualTo(2);
    String source = answer.path("source").toString();
    var build =
        server.json(
            "POST",
            "/api/v1/builds",
            token,
            "{\"contexts\":{\"\":{\"source\":" + source + "}},\"recipe\":{\"dockerfile\":{}}}");
    assertThat(build.statusCode()).as(build.body()).isEqualTo(202);
    var foreign =
        server.json(
            "POST",
            "/api/v1/builds",
            server.token("other"),
            "{\"contexts\":{\"\":{\"source\":" + source + "}},\"recipe\":{\"dockerfile\":{}}}");
    assertThat(foreign.statusCode()).as(foreign.body()).isEqualTo(404);
  }

  private static String entry(String path, byte[] content) {
    return "{\"path\":\""
        + path
        + "\",\"type\":\"file\",\"mode\":420,\"size\":"
        + content.length
        + ",\"digest\":\""
        + Digest.sha256(content)
        + "\"}\n";
  }

  private JsonNode offer(byte[] block, List<String> bundles) throws Exception {
    var body = Map.of("blocks", List.of(Digest.sha256(block).toString()), "bundles", bundles);
    var answer =
        server.json(
            "POST", "/api/v1/contexts", token, JsonMapper.shared().writeValueAsString(body));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return tree(answer);
  }

  private void put(byte[] bytes) throws Exception {
    assertThat(
            server.send("PUT", "/api/v1/blobs/" + Digest.sha256(bytes), token, bytes).statusCode())
        .isEqualTo(201);
  }

  @Test
  void takesAnArchiveAndRefusesABrokenOne() throws Exception {
    byte[] archive = Multipart.tgz(Map.of("Dockerfile", "FROM scratch"));
    var taken = server.send("POST", "/api/v1/archives", token, archive);
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
    var broken = server.send("POST", "/api/v1/archives", token, new byte[700]);
    assertThat(broken.statusCode()).as(broken.body()).isEqualTo(400);
  }

  @Test
  void looksAfterTenantsTokensAndSecrets() throws Exception {
    String admin = server.login("operator", Right.all()).text();
    var made = server.json("POST", "/api/v1/tenants", admin, "{\"id\":\"new\"}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(server.json("POST", "/api/v1/tenants", admin, "{\"id\":\"new\"}").statusCode())
        .isEqualTo(409);
    var limits =
        server.json("PUT", "/api/v1/tenants/new/limits", admin, "{\"queued\":1,\"secrets\":1}");
    assertThat(tree(limits).path("limits").path("queued").asInt()).isEqualTo(1);
    var issued = server.json("POST", "/api/v1/tenants/new/tokens", admin, "{\"name\":\"ci\"}");
    String text = tree(issued).path("token").asString("");
    assertThat(issued.headers().firstValue("Cache-Control")).contains("no-store");
    JsonNode info = tree(server.get("/api/v1/info", text));
    assertThat(info.path("tenant").asString("")).isEqualTo("new");

    var secret = server.send("PUT", "/api/v1/secrets/npm", text, "v4lue".getBytes(UTF_8));
    assertThat(secret.statusCode()).as(secret.body()).isEqualTo(200);
    var second = server.send("PUT", "/api/v1/secrets/more", text, "v4lue".getBytes(UTF_8));
    assertThat(second.statusCode()).as(second.body()).isEqualTo(429);
    assertThat(server.get("/api/v1/secrets", text).body()).contains("npm").doesNotContain("v4lue");
    assertThat(server.get("/api/v1/secrets", token).body()).doesNotContain("npm");
    assertThat(server.send("DELETE", "/api/v1/secrets/npm", text, new byte[0]).statusCode())
        .isEqualTo(204);

    var limited = server.login("new", java.util.EnumSet.of(Right.TOKEN_ADMIN));
    var stronger =
        server.json("POST", "/api/v1/tokens", limited.text(), "{\"rights\":[\"build:read\"]}");
    assertThat(stronger.statusCode()).isEqualTo(403);
    assertThat(server.get("/api/v1/tokens", limited.text()).body())
        .contains("\"ci\"")
        .doesNotContain(text);
    String id = tree(issued).path("id").asString("");
    assertThat(
            server.send("DELETE", "/api/v1/tokens/" + id, limited.text(), new byte[0]).statusCode())
        .isEqualTo(204);
    assertThat(server.get("/api/v1/info", text).statusCode()).isEqualTo(401);
  }

  private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

  @Test
  void looksAfterImages() throws Exception {
    server.finishedBuild(token);
    assertThat(server.get("/api/v1/images", token).body()).contains("\"app\"");
    assertThat(server.get("/api/v1/images/app/tags", token).body()).contains("\"1\"");
    String digest =
        tree(server.get("/api/v1/images/app/manifests/1", token)).path("digest").asString("");
    assertThat(digest).startsWith("sha256:");
    var tagged =
        server.json("PUT", "/api/v1/images/app/tags/2", token, "{\"manifest\":\"" + digest + "\"}");
    assertThat(tagged.statusCode()).as(tagged.body()).isBetween(200, 204);
    assertThat(server.send("DELETE", "/api/v1/images/app/tags/1", token, new byte[0]).statusCode())
        .isEqualTo(204);
    assertThat(server.get("/api/v1/images/app/tags", token).body())
        .contains("\"2\"")
        .doesNotContain("\"1\"");
    String manifest = "/api/v1/images/app/manifests/" + digest;
    assertThat(server.send("DELETE", manifest, server.token("other"), new byte[0]).statusCode())
        .isEqualTo(404);
    assertThat(server.send("DELETE", manifest, token, new byte[0]).statusCode()).isEqualTo(204);
    assertThat(server.get(manifest, token).statusCode()).isEqualTo(404);
  }

  @Test
  void countsRequestsByRouteInItsMetrics() throws Exception {
    server.finishedBuild(token);
    String admin = server.login("operator", Right.all()).text();
    var metrics = server.get("/metrics", admin);
    assertThat(metrics.statusCode()).isEqualTo(200);
    assertThat(metrics.body())
        .contains(
            "cairn_http_requests_total{method=\"POST\",route=\"/api/v1/builds\",status=\"202\"}")
        .doesNotContain("cairn_http_requests_total{method=\"POST\",route=\"\"");
    assertThat(server.get("/health", "none").body()).isEqualTo("{\"status\":\"ok\"}");
  }
}
