package dev.cairn.server.hypeman;

import static dev.cairn.server.RealServer.tree;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.oci.Digest;
import dev.cairn.server.LayerTars;
import dev.cairn.server.PublicRegistry;
import dev.cairn.server.RealServer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

/** Section 12.1 of the contract, on the real service and against another registry. */
@Timeout(60)
class ImageCallsTest {
  @TempDir Path directory;
  private PublicRegistry registry;
  private RealServer server;
  private String token;

  @BeforeEach
  void start() throws Exception {
    registry = new PublicRegistry();
    server = new RealServer(directory, Set.of(registry.host()));
    token = server.token("acme");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    registry.close();
  }

  private HttpResponse<String> pull(String json) throws Exception {
    return server.json("POST", "/images", token, json);
  }

  private HttpResponse<String> pullNamed(String name) throws Exception {
    return pull("{\"name\":\"" + name + "\"}");
  }

  private HttpResponse<String> get(String name) throws Exception {
    return server.get("/images/" + name.replace("/", "%2F"), token);
  }

  /** Waits until the image is ready or failed. */
  private JsonNode ended(String name) throws Exception {
    while (true) {
      JsonNode image = tree(get(name));
      if (!Set.of("pending", "pulling").contains(image.path("status").asString(""))) {
        return image;
      }
      Thread.sleep(20);
    }
  }

  private List<String> names(String query) throws Exception {
    List<String> names = new ArrayList<>();
    tree(server.get("/images" + query, token)).forEach(i -> names.add(i.path("name").asString("")));
    return names;
  }

  private String built(String imageName) throws Exception {
    server.builder().layers(List.of(LayerTars.of(tar -> LayerTars.file(tar, "hello", "built"))));
    var created =
        server.json(
            "POST",
            "/api/v1/builds",
            token,
            "{\"recipe\":{\"dockerfile\":{\"text\":\"FROM scratch\\n\"}},\"outputs\":{\"names\":[\""
                + imageName
                + "\"]}}");
    String id = tree(created).path("id").asString("");
    server.get("/api/v1/builds/" + id + "/events", token);
    return tree(server.get("/api/v1/builds/" + id, token))
        .path("result")
        .path("image")
        .path("digest")
        .asString("");
  }

  @Test
  void pullsByNameAndTellsWhatTheImageIs() throws Exception {
    Digest digest = registry.add("team/app", "1", "hello");
    var gate = new CountDownLatch(1);
    registry.hold(gate);
    String name = registry.host() + "/team/app:1";

    var begun = pull("{\"name\":\"" + name + "\",\"tags\":{\"a\":\"b\"}}");

    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
    assertThat(tree(begun).path("digest").asString("")).isEqualTo(digest.toString());
    assertThat(tree(begun).path("status").asString("")).isIn("pending", "pulling");
    assertThat(tree(begun).path("size_bytes").isNull()).isTrue();
    gate.countDown();
    JsonNode image = ended(name);
    assertThat(image.path("status").asString("")).as(image.toString()).isEqualTo("ready");
    assertThat(image.path("name").asString("")).isEqualTo(name);
    assertThat(image.path("digest").asString("")).isEqualTo(digest.toString());
    assertThat(image.path("size_bytes").asLong(0)).isPositive();
    assertThat(image.path("cmd").toString()).isEqualTo("[\"/hello\"]");
    assertThat(image.path("entrypoint").isNull()).isTrue();
    assertThat(image.path("env").toString()).isEqualTo("{\"A\":\"b=c\"}");
    assertThat(image.path("working_dir").asString("")).isEqualTo("/srv");
    assertThat(image.path("platform").asString("")).isEqualTo("linux/amd64");
    assertThat(image.path("tags").toString()).isEqualTo("{\"a\":\"b\"}");
    assertThat(image.path("error").isNull()).isTrue();
    assertThat(image.path("queue_position").isNull()).isTrue();
    assertThat(names("?tags%5Ba%5D=b")).containsExactly(name);
    assertThat(names("?tags%5Ba%5D=c")).isEmpty();
  }

  @Test
  void findsAnImageUnderEverySpellingOfItsName() throws Exception {
    built("team/web:1");
    String hypeman = "builds/x1:latest";
    built(hypeman);
    for (String spelling :
        List.of(
            "team/web:1",
            "docker.io/team/web:1",
            "registry.test:5000/team/web:1",
            "127.0.0.1:" + server.port() + "/team/web:1",
            "registry.test:5000/acme/team/web:1",
            "team%252Fweb:1")) {
      assertThat(get(spelling).statusCode()).as(spelling).isEqualTo(200);
    }
    assertThat(server.get("/images/team/web:1", token).statusCode()).isEqualTo(200);
    for (String spelling :
        List.of(
            "builds/x1", hypeman, "docker.io/builds/x1:latest", "registry.test:5000/builds/x1")) {
      assertThat(get(spelling).statusCode()).as(spelling).isEqualTo(200);
    }
    String digest = tree(get("builds/x1")).path("digest").asString("");
    assertThat(get(digest).statusCode()).isEqualTo(200);
    assertThat(get("builds/x1@" + digest).statusCode()).isEqualTo(200);
    for (String unknown : List.of("team/web:2", "web", "..", "%25", "sha256:0", "A b")) {
      var answer = get(unknown.replace(" ", "%20"));
      assertThat(answer.statusCode()).as(unknown).isEqualTo(404);
      assertThat(tree(answer).path("code").asString("")).isEqualTo("not_found");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|400|invalid_name",
        "{\"name\":7}|400|invalid_request",
        "{\"name\":\"Not A Name\"}|400|invalid_name",
        "{\"name\":\"HOST/app\",\"platform\":\"windows/amd64\"}|400|invalid_platform",
        "{\"name\":\"HOST/app\",\"platform\":\"what\"}|400|invalid_platform",
        "{\"name\":\"HOST/app\",\"tags\":{\"a\":1}}|400|invalid_request",
        "{\"name\":\"HOST/app\",\"credentials\":{\"username\":\"me\"}}|400|invalid_request",
        "{\"name\":\"HOST/nothing\"}|404|not_found",
        "{\"name\":\"127.0.0.1:1/app\"}|400|invalid_name",
        "{\"name\":\"169.254.169.254/app\"}|400|invalid_name",
        "{\"name\":\"registry.test:5000/nothing\"}|404|not_found",
      })
  void refusesByTheTable(String body, int status, String code) throws Exception {
    registry.add("app", "latest", "x");

    var answer = pull(body.replace("HOST", registry.host()));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(tree(answer).path("code").asString("")).isEqualTo(code);
    assertThat(names("")).isEmpty();
  }

  @Test
  void takesALoginForThisPullAloneAndKeepsItNowhere() throws Exception {
    registry.password("hunter2canary");
    registry.add("private", "1", "secret things");
    String name = registry.host() + "/private:1";

    var refused = pullNamed(name);
    assertThat(refused.statusCode()).isEqualTo(404);
    assertThat(refused.body()).contains(registry.host()).contains("private");
    var begun =
        pull(
            "{\"name\":\""
                + name
                + "\",\"credentials\":{\"username\":\"me\",\"password\":\"hunter2canary\"}}");
    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
    JsonNode image = ended(name);

    assertThat(image.path("status").asString("")).as(image.toString()).isEqualTo("ready");
    try (var files = java.nio.file.Files.walk(directory)) {
      for (Path file : files.filter(java.nio.file.Files::isRegularFile).toList()) {
        assertThat(new String(java.nio.file.Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain("hunter2canary");
      }
    }
  }

  @Test
  void lendsNobodyTheBytesOfAnother() throws Exception {
    byte[] theirs = "only theirs".getBytes(StandardCharsets.UTF_8);
    Digest digest = Digest.sha256(theirs);
    server.send("PUT", "/api/v1/blobs/" + digest, server.token("other"), theirs);
    // A registry of the attacker's names a layer that it does not have itself.
    registry.add("evil", "1", "x");
    String manifest =
        new String(registry.manifest("evil", "1"), StandardCharsets.UTF_8)
            .replaceAll(
                "(\"layers\":\\[\\{[^}]*\"digest\":\")sha256:[0-9a-f]{64}(\",\"size\":)[0-9]+",
                "$1" + digest + "$2" + theirs.length);
    assertThat(manifest).contains(digest.toString());
    registry.put("evil", "2", manifest.getBytes(StandardCharsets.UTF_8), List.of());
    String name = registry.host() + "/evil:2";

    assertThat(pullNamed(name).statusCode()).isEqualTo(202);
    JsonNode image = ended(name);

    assertThat(image.path("status").asString("")).as(image.toString()).isEqualTo("failed");
    assertThat(image.path("error").asString(""))
        .contains(registry.host() + "/evil")
        .contains("404");
    assertThat(server.get("/api/v1/blobs/" + digest, token).statusCode()).isEqualTo(404);
  }

  @Test
  void failsWithTheRegistryAndTheReasonAndPullsAgain() throws Exception {
    registry.add("app", "1", "x");
    registry.breakWith(503);
    String name = registry.host() + "/app:1";

    var begun = pullNamed(name);
    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
    assertThat(tree(begun).path("digest").asString("?")).isEmpty();
    JsonNode failed = ended(name);
    assertThat(failed.path("status").asString("")).isEqualTo("failed");
    assertThat(failed.path("error").asString(""))
        .contains(registry.host() + "/app")
        .contains("503");
    var tagged = server.json("POST", "/images/" + name + "/tag", token, "{\"target\":\"other:1\"}");
    assertThat(tagged.statusCode()).isEqualTo(409);
    registry.breakWith(0);
    pullNamed(name);

    assertThat(ended(name).path("status").asString("")).isEqualTo("ready");
  }

  @Test
  void changesNothingWhenARunningPullIsAskedForAgain() throws Exception {
    registry.add("app", "1", "x");
    var gate = new CountDownLatch(1);
    registry.hold(gate);
    String name = registry.host() + "/app:1";

    String first = tree(pullNamed(name)).path("created_at").asString("");
    while (registry.blobRequests() == 0) {
      Thread.sleep(10);
    }
    var again = pullNamed(name);
    gate.countDown();

    assertThat(again.statusCode()).isEqualTo(202);
    assertThat(tree(again).path("created_at").asString("")).isEqualTo(first);
    assertThat(ended(name).path("status").asString("")).isEqualTo("ready");
    assertThat(registry.blobRequests()).isLessThanOrEqualTo(3);
  }

  @Test
  void goesOnAfterARestartAndTellsIfALoginWasLost() throws Exception {
    registry.add("open", "1", "x");
    registry.add("closed", "1", "y");
    var gate = new CountDownLatch(1);
    registry.hold(gate);
    String open = registry.host() + "/open:1";
    String closed = registry.host() + "/closed:1";
    pullNamed(open);
    while (registry.blobRequests() == 0) {
      Thread.sleep(10);
    }
    registry.password("pw");
    pull("{\"name\":\"" + closed + "\",\"credentials\":{\"username\":\"me\",\"password\":\"pw\"}}");
    registry.password("");

    server.close();
    gate.countDown();
    server = new RealServer(directory, Set.of(registry.host()));
    token = server.token("acme");

    JsonNode image = ended(open);
    assertThat(image.path("status").asString("")).as(image.toString()).isEqualTo("ready");
    JsonNode lost = ended(closed);
    assertThat(lost.path("status").asString("")).isEqualTo("failed");
    assertThat(lost.path("error").asString("")).contains("login").contains("memory");
  }

  @Test
  void neverOverwritesAnOwnImageByAStrangersOfTheSameName() throws Exception {
    registry.add("team/web", "1", "a stranger's");
    String own = built(registry.host().replace(':', '-') + "/team/web:1");

    var answer = pullNamed(registry.host() + "/team/web:1");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(tree(answer).path("status").asString("")).isEqualTo("ready");
    assertThat(tree(answer).path("digest").asString("")).isEqualTo(own);
    assertThat(registry.blobRequests()).isZero();
    var refused =
        server.json(
            "POST", "/api/v1/pulls", token, "{\"source\":\"" + registry.host() + "/team/web:1\"}");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("name-taken");
  }

  @Test
  void tagsWithoutPullingAndDeletesByName() throws Exception {
    String digest = built("team/web:1");

    var tagged =
        server.json(
            "POST",
            "/images/team%2Fweb:1/tag",
            token,
            "{\"target\":\"registry.test:5000/team/web:stable\"}");
    assertThat(tagged.statusCode()).as(tagged.body()).isEqualTo(200);
    assertThat(tree(tagged).path("name").asString("")).isEqualTo("team/web:stable");
    assertThat(tree(tagged).path("digest").asString("")).isEqualTo(digest);
    for (String bad : List.of("{}", "{\"target\":\"team/web\"}", "{\"target\":\"a b:1\"}")) {
      var refused = server.json("POST", "/images/team%2Fweb:1/tag", token, bad);
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(tree(refused).path("code").asString("")).isEqualTo("invalid_name");
    }
    assertThat(names("")).containsExactly("team/web:1", "team/web:stable");
    assertThat(server.send("DELETE", "/images/team%2Fweb:1", token, new byte[0]).statusCode())
        .isEqualTo(204);
    assertThat(get("team/web:1").statusCode()).isEqualTo(404);
    assertThat(get("team/web:stable").statusCode()).isEqualTo(200);
    server.send("DELETE", "/images/team%2Fweb:stable", token, new byte[0]);
    // The last name of it: nothing of it is left in the repository.
    assertThat(get("team/web@" + digest).statusCode()).isEqualTo(404);
    assertThat(names("")).isEmpty();
  }

  @Test
  void stopsAPullWhoseNameIsDeleted() throws Exception {
    registry.add("app", "1", "x");
    var gate = new CountDownLatch(1);
    registry.hold(gate);
    String name = registry.host() + "/app:1";
    pullNamed(name);
    while (registry.blobRequests() == 0) {
      Thread.sleep(10);
    }

    var deleted = server.send("DELETE", "/images/" + name.replace("/", "%2F"), token, new byte[0]);
    gate.countDown();

    assertThat(deleted.statusCode()).isEqualTo(204);
    assertThat(get(name).statusCode()).isEqualTo(404);
    assertThat(names("")).isEmpty();
  }

  @Test
  void sharesWhatAnybodyMayPullAndNotWhatALoginGot() throws Exception {
    Digest open = layer("open", "for everybody");
    registry.password("pw");
    Digest closed = layer("closed", "for some");
    registry.password("");
    String openName = registry.host() + "/open:1";
    String closedName = registry.host() + "/closed:1";
    pullNamed(openName);
    assertThat(ended(openName).path("status").asString("")).isEqualTo("ready");
    registry.password("pw");
    pull(
        "{\"name\":\""
            + closedName
            + "\",\"credentials\":{\"username\":\"me\",\"password\":\"pw\"}}");
    assertThat(ended(closedName).path("status").asString("")).isEqualTo("ready");
    String other = server.token("other");

    assertThat(server.get("/api/v1/blobs/" + closed, token).statusCode()).isEqualTo(200);
    assertThat(server.get("/api/v1/blobs/" + closed, other).statusCode()).isEqualTo(404);
    assertThat(server.get("/api/v1/blobs/" + open, other).statusCode()).isEqualTo(200);
    // The name is the puller's alone all the same.
    assertThat(server.get("/images/" + openName.replace("/", "%2F"), other).statusCode())
        .isEqualTo(404);
  }

  private Digest layer(String repository, String text) throws Exception {
    registry.add(repository, "1", text);
    String manifest = new String(registry.manifest(repository, "1"), StandardCharsets.UTF_8);
    String layers = manifest.substring(manifest.indexOf("\"layers\""));
    int at = layers.indexOf("sha256:");
    return Digest.parse(layers.substring(at, at + 71));
  }
}
