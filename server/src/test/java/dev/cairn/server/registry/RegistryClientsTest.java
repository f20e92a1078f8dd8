package dev.cairn.server.registry;

import static dev.cairn.server.RealServer.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.oci.Digest;
import dev.cairn.server.LayerTars;
import dev.cairn.server.RealServer;
import dev.cairn.server.Tool;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry on the real service, by hand and with its usual clients. */
class RegistryClientsTest {
  @TempDir Path directory;
  private RealServer server;
  private String token;

  @BeforeEach
  void start() throws Exception {
    server = new RealServer(directory.resolve("server"));
    token = server.token("acme");
    server
        .builder()
        .layers(
            List.of(
                LayerTars.of(tar -> LayerTars.file(tar, "hello", "hello")),
                LayerTars.of(tar -> LayerTars.file(tar, "world", "world"))));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private String image(String name) {
    return "docker://127.0.0.1:" + server.port() + "/acme/" + name;
  }

  private String skopeo(String... arguments) throws Exception {
    return Tool.run(
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of("skopeo"), Arrays.stream(arguments))
            .toArray(String[]::new));
  }

  @Test
  @Tag("slow")
  void servesSkopeo() throws Exception {
    assumeTrue(Tool.exists("skopeo"), "skopeo is not installed");
    server.finishedBuild(token);
    String login = "--creds=any:" + token;
    String built = skopeo("inspect", "--tls-verify=false", login, image("app:1"));
    assertThat(built).contains("\"Digest\": \"sha256:");

    String layout = "oci:" + directory.resolve("layout") + ":1";
    skopeo("copy", "--src-tls-verify=false", "--src-creds=any:" + token, image("app:1"), layout);
    skopeo(
        "copy",
        "--dest-tls-verify=false",
        "--dest-creds=any:" + token,
        layout,
        image("copy/of-app:2"));
    skopeo(
        "copy",
        "--dest-tls-verify=false",
        "--dest-creds=any:" + token,
        "--format=v2s2",
        layout,
        image("copy/of-app:docker"));
    assertThat(skopeo("list-tags", "--tls-verify=false", login, image("copy/of-app")))
        .contains("\"2\"")
        .contains("\"docker\"");
    assertThat(skopeo("inspect", "--tls-verify=false", login, image("copy/of-app:2")))
        .contains("\"Layers\"");
    skopeo("delete", "--tls-verify=false", login, image("copy/of-app:2"));
    assertThat(skopeo("list-tags", "--tls-verify=false", login, image("copy/of-app")))
        .doesNotContain("\"2\"");

    var anonymous =
        Tool.outcome("skopeo", "inspect", "--tls-verify=false", "--no-creds", image("app:1"));
    assertThat(anonymous.code()).isNotZero();
    String stranger = "--creds=any:" + server.token("other");
    assertThat(
            Tool.outcome("skopeo", "inspect", "--tls-verify=false", stranger, image("app:1"))
                .code())
        .isNotZero();
  }

  @Test
  @Tag("slow")
  void servesPodman() throws Exception {
    assumeTrue(Tool.exists("podman"), "podman is not installed");
    server.finishedBuild(token);
    String host = "127.0.0.1:" + server.port();
    Path login = directory.resolve("auth.json");
    String[] podman = {
      "podman",
      "--root=" + directory.resolve("podman"),
      "--runroot=" + directory.resolve("podman-run"),
      "--storage-driver=vfs"
    };
    try {
      Tool.run(
          with(
              podman,
              "login",
              "--tls-verify=false",
              "--authfile=" + login,
              "--username=any",
              "--password=" + token,
              host));
      String auth = "--authfile=" + login;
      Tool.run(with(podman, "pull", "--tls-verify=false", auth, host + "/acme/app:1"));
      Tool.run(with(podman, "tag", host + "/acme/app:1", host + "/acme/pushed:1"));
      Tool.run(with(podman, "push", "--tls-verify=false", auth, host + "/acme/pushed:1"));
      assertThat(server.get("/v2/acme/pushed/tags/list", token).body()).contains("\"1\"");
      var wrong =
          Tool.outcome(
              with(
                  podman,
                  "login",
                  "--tls-verify=false",
                  "--authfile=" + directory.resolve("wrong.json"),
                  "--username=any",
                  "--password=wrong",
                  host));
      assertThat(wrong.code()).isNotZero();
    } finally {
      Tool.outcome(with(podman, "rmi", "--all", "--force"));
    }
  }

  private static String[] with(String[] first, String... more) {
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  @Test
  void givesNobodyTheBlobsOfOthers() throws Exception {
    byte[] bytes = "only for acme".getBytes(StandardCharsets.UTF_8);
    Digest digest = Digest.sha256(bytes);
    var pushed = server.send("POST", "/v2/app/blobs/uploads/?digest=" + digest, token, bytes);
    assertThat(pushed.statusCode()).isEqualTo(201);
    String other = server.token("other");
    for (String name : List.of("app", "acme/app", "other/app")) {
      String blob = "/v2/" + name + "/blobs/" + digest;
      assertThat(server.get(blob, other).statusCode()).as(name).isEqualTo(404);
      assertThat(
              server
                  .send(server.to(blob, other).method("HEAD", BodyPublishers.noBody()))
                  .statusCode())
          .isEqualTo(404);
      var mount =
          server.send(
              "POST",
              "/v2/other/mine/blobs/uploads/?mount=" + digest + "&from=" + name,
              other,
              new byte[0]);
      assertThat(mount.statusCode()).as("mount from %s", name).isEqualTo(202);
    }
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
            + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\""
            + digest
            + "\",\"size\":"
            + bytes.length
            + "},\"layers\":[]}";
    var put =
        server.send(
            server
                .to("/v2/mine/manifests/1", other)
                .header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
                .PUT(BodyPublishers.ofString(manifest)));
    assertThat(put.statusCode()).as(put.body()).isEqualTo(400);
    assertThat(put.body()).contains("MANIFEST_BLOB_UNKNOWN");
  }

  @Test
  void takesABlobInChunksAndGoesOnWhereItStands() throws Exception {
    byte[] bytes = new byte[100_000];
    new Random(7).nextBytes(bytes);
    Digest digest = Digest.sha256(bytes);
    var begun = server.send("POST", "/v2/app/blobs/uploads/", token, new byte[0]);
    String location = begun.headers().firstValue("Location").orElseThrow();
    int at = 0;
    for (int size : new int[] {1, 9_999, 40_000}) {
      var part =
          server.send(
              server
                  .to(location, token)
                  .header("Content-Range", at + "-" + (at + size - 1))
                  .header("Content-Type", "application/octet-stream")
                  .method("PATCH", BodyPublishers.ofByteArray(bytes, at, size)));
      assertThat(part.statusCode()).isEqualTo(202);
      at += size;
      assertThat(part.headers().firstValue("Range")).contains("0-" + (at - 1));
    }
    var wrong =
        server.send(
            server
                .to(location, token)
                .header("Content-Range", "0-9")
                .method("PATCH", BodyPublishers.ofByteArray(bytes, 0, 10)));
    assertThat(wrong.statusCode()).isEqualTo(416);
    assertThat(wrong.headers().firstValue("Range")).contains("0-" + (at - 1));
    var stands = server.get(location, token);
    assertThat(stands.statusCode()).isEqualTo(204);
    assertThat(stands.headers().firstValue("Range")).contains("0-" + (at - 1));
    var done =
        server.send(
            server
                .to(location + "?digest=" + digest, token)
                .PUT(BodyPublishers.ofByteArray(bytes, at, bytes.length - at)));
    assertThat(done.statusCode()).as(done.body()).isEqualTo(201);
    assertThat(server.bytes(server.to("/v2/app/blobs/" + digest, token)).body()).isEqualTo(bytes);
    assertThat(server.get(location, token).statusCode()).isEqualTo(404);
  }

  @Test
  void pagesThroughTagsAndKnowsItsRepositories() throws Exception {
    server.finishedBuild(token);
    String digest =
        tree(server.get("/api/v1/images/app/manifests/1", token)).path("digest").asString("");
    for (String tag : List.of("a", "b", "c")) {
      server.json(
          "PUT", "/api/v1/images/app/tags/" + tag, token, "{\"manifest\":\"" + digest + "\"}");
    }
    var page = server.get("/v2/acme/app/tags/list?n=2", token);
    assertThat(page.body()).contains("[\"1\",\"a\"]");
    String link = page.headers().firstValue("Link").orElseThrow();
    var next = server.get(link.substring(1, link.indexOf('>')), token);
    assertThat(next.body()).contains("[\"b\",\"c\"]");
    assertThat(server.get("/v2/_catalog", token).body()).contains("\"acme/app\"");
    assertThat(server.get("/v2/_catalog", server.token("other")).body()).doesNotContain("app");
    assertThat(Files.isDirectory(directory)).isTrue();
  }
}
