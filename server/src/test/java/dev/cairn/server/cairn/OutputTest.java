package dev.cairn.server.cairn;

import static dev.cairn.server.RealServer.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.content.Attributes;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.oci.Digest;
import dev.cairn.server.LayerTars;
import dev.cairn.server.RealServer;
import dev.cairn.server.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A finished image as an archive. */
class OutputTest {
  @TempDir Path directory;
  private RealServer server;
  private String token;

  @BeforeEach
  void start() throws Exception {
    server = new RealServer(directory.resolve("server"));
    token = server.token("acme");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  /** Three layers with everything that overlay's rules are about. */
  private static List<byte[]> layers() {
    Attributes plain = Attributes.of(0644);
    Attributes folder = Attributes.of(0755);
    byte[] base =
        LayerTars.of(tar -> {
          tar.add(TarEntry.directory("etc", folder));
          LayerTars.file(tar, "etc/kept", "kept");
          LayerTars.file(tar, "etc/gone", "gone");
          tar.add(TarEntry.directory("tmp", Attributes.of(01777)));
          tar.add(TarEntry.directory("opt", folder));
          LayerTars.file(tar, "opt/below", "below");
          tar.add(TarEntry.directory("opt/deep", folder));
          LayerTars.file(tar, "opt/deep/below", "below");
          LayerTars.file(tar, "changed", "old");
          tar.add(TarEntry.symlink("link", plain, "etc/kept"));
        });
    byte[] middle =
        LayerTars.of(tar -> {
          LayerTars.file(tar, "etc/.wh.gone", "");
          LayerTars.file(tar, "opt/.wh..wh..opq", "");
          LayerTars.file(tar, "opt/above", "above");
          LayerTars.file(tar, "tmp/f", "in tmp");
          LayerTars.file(tar, "changed", "new");
          LayerTars.file(tar, "first", "twice");
          tar.add(TarEntry.hardLink("second", plain, "first"));
        });
    byte[] top =
        LayerTars.of(tar -> {
          LayerTars.file(tar, "link", "no link any more");
          tar.add(TarEntry.hardLink("third", plain, "first"));
          LayerTars.file(tar, "double", "one");
          LayerTars.file(tar, "double", "two");
        });
    return List.of(base, middle, top);
  }

  private Path output(String type) throws Exception {
    server.builder().layers(layers());
    String id = server.finishedBuild(token);
    var answer = server.bytes(server.to("/api/v1/builds/" + id + "/output?type=" + type, token));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/x-tar");
    Path file = directory.resolve(type + ".tar");
    Files.write(file, answer.body());
    return file;
  }

  @Test
  void flattensTheLayersByOverlaysRules() throws Exception {
    Path tar = output("tar");
    Path root = Files.createDirectory(directory.resolve("root"));
    Tool.run("tar", "-x", "-p", "-f", tar.toString(), "-C", root.toString());
    Map<String, String> files = new LinkedHashMap<>();
    try (var all = Files.walk(root)) {
      for (Path path : all.filter(Files::isRegularFile).sorted().toList()) {
        files.put(root.relativize(path).toString(), Files.readString(path));
      }
    }
    assertThat(files)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "changed", "new",
                "double", "two",
                "etc/kept", "kept",
                "first", "twice",
                "link", "no link any more",
                "opt/above", "above",
                "second", "twice",
                "third", "twice",
                "tmp/f", "in tmp"));
    assertThat(Files.isSymbolicLink(root.resolve("link"))).isFalse();
    assertThat(Files.getAttribute(root.resolve("first"), "unix:ino"))
        .isEqualTo(Files.getAttribute(root.resolve("second"), "unix:ino"))
        .isEqualTo(Files.getAttribute(root.resolve("third"), "unix:ino"));
    // A layer that only implies a directory leaves it as it was.
    assertThat((int) Files.getAttribute(root.resolve("tmp"), "unix:mode") & 07777).isEqualTo(01777);
    assertThat(Tool.run("tar", "-t", "-f", tar.toString()).lines().toList())
        .doesNotHaveDuplicates();
  }

  @Test
  void holdsEveryBlobOfAnOciLayoutUnderItsDigest() throws Exception {
    Path root = Files.createDirectory(directory.resolve("layout"));
    Tool.run("tar", "-x", "-f", output("oci").toString(), "-C", root.toString());
    assertThat(Files.readString(root.resolve("oci-layout"))).contains("1.0.0");
    assertThat(Files.readString(root.resolve("index.json")))
        .contains("\"io.containerd.image.name\"")
        .contains("\"org.opencontainers.image.ref.name\":\"1\"");
    try (var blobs = Files.list(root.resolve("blobs").resolve("sha256"))) {
      List<Path> all = blobs.toList();
      assertThat(all).hasSize(5);
      for (Path blob : all) {
        assertThat(Digest.sha256(Files.readAllBytes(blob)).hex())
            .isEqualTo(blob.getFileName().toString());
      }
    }
  }

  @Test
  void refusesWhatIsNotThere() throws Exception {
    String id = server.finishedBuild(token);
    String path = "/api/v1/builds/" + id + "/output";
    assertThat(server.get(path + "?type=zip", token).statusCode()).isEqualTo(400);
    assertThat(server.get(path, server.token("other")).statusCode()).isEqualTo(404);
    server.builder().work((job, sink) -> Thread.sleep(60_000));
    var running =
        server.json(
            "POST",
            "/api/v1/builds",
            token,
            "{\"recipe\":{\"dockerfile\":{\"text\":\"FROM scratch\"}}}");
    String early = "/api/v1/builds/" + tree(running).path("id").asString("");
    assertThat(server.get(early + "/output", token).statusCode()).isEqualTo(409);
    server.send("DELETE", early, token, new byte[0]);
  }

  @Test
  @Tag("slow")
  void isReadBySkopeoInBothForms() throws Exception {
    assumeTrue(Tool.exists("skopeo"), "skopeo is not installed");
    Path oci = output("oci");
    String inspected = Tool.run("skopeo", "inspect", "oci-archive:" + oci + ":1");
    assertThat(inspected).contains("\"Layers\"");
    Tool.run("skopeo", "copy", "oci-archive:" + oci + ":1", "dir:" + directory.resolve("from-oci"));
    Path docker = output("docker");
    Tool.run(
        "skopeo",
        "copy",
        "docker-archive:" + docker + ":acme/app:1",
        "dir:" + directory.resolve("from-docker"));
    assertThat(directory.resolve("from-docker").resolve("manifest.json")).exists();
  }
}
