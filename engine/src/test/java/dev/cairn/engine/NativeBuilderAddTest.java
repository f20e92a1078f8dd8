package dev.cairn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.ZstdOutputStream;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildResult;
import dev.cairn.build.FailureKind;
import dev.cairn.content.Attributes;
import dev.cairn.content.Node;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import dev.cairn.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** ADD of archives and URLs, from the context to the image. */
@Tag("slow")
class NativeBuilderAddTest {
  /** A directory and a file in it, compressed by bzip2, which nothing of ours can write. */
  private static final String BZIP2 =
      "QlpoOTFBWSZTWdZm7wQAAJB7gNqQAgBAAP+AAER3Jt4QCAggAHISoQGgABoDI9QSUyp5T1NlDaRtQBoD9zwxqtSQGE"
          + "kkI220JWhPc8coqYhEAMmXjYcIlKJkEiAguwF3Ygo3pnmaXlRtc6u6xs8arqaRBAbsj3M8R5D1zICyVBD4S8U"
          + "oPxdyRThQkNZm7wQ=";

  @TempDir Path directory;
  private BuilderFixture fixture;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(BuilderFixture.isRoot(), "needs root and /usr/bin/busybox (busybox-static)");
    fixture = new BuilderFixture(directory);
  }

  @AfterEach
  void close() throws Exception {
    if (fixture != null) {
      fixture.close();
    }
  }

  private interface Compressor {
    OutputStream around(OutputStream out) throws IOException;
  }

  private static byte[] tar(TarEntry... entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var tar = new TarWriter(TarSink.of(bytes), false);
    for (TarEntry entry : entries) {
      tar.add(entry);
      tar.content(new ByteArrayInputStream(new byte[(int) entry.size()]));
    }
    tar.finish();
    return bytes.toByteArray();
  }

  private static byte[] sample() throws IOException {
    return tar(
        TarEntry.directory("dir", Attributes.of(0710).withOwner(3, 4).withMtime(1000, 0)),
        TarEntry.file("dir/file", Attributes.of(04750).withOwner(5, 6).withMtime(1000, 0), 11));
  }

  private static byte[] compressed(byte[] plain, Compressor compressor) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream out = compressor.around(bytes)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  private BuildResult add(String dockerfile, Map<String, byte[]> files) throws Exception {
    return fixture.build(fixture.requestOf(dockerfile, files), new FakePorts.Heard());
  }

  private Node node(BuildResult result, String path) throws IOException {
    return fixture
        .files(result)
        .lookup(path)
        .orElseThrow(() -> new AssertionError("the image lacks " + path));
  }

  // D.extract, D.detect, D.extract-meta, D.extract-chown
  @Test
  void unpacksArchivesOfEveryCompressionWithOwnersModesAndTimes() throws Exception {
    byte[] tar = sample();
    var archives =
        Map.of(
            "plain", tar,
            "gzip", compressed(tar, GZIPOutputStream::new),
            "xz", compressed(tar, out -> new XZOutputStream(out, new LZMA2Options(0))),
            "zstd", compressed(tar, ZstdOutputStream::new),
            "bzip2", Base64.getDecoder().decode(BZIP2));
    var dockerfile = new StringBuilder("FROM scratch\n");
    archives.keySet().forEach(name -> dockerfile.append("ADD %1$s /%1$s\n".formatted(name)));
    dockerfile.append("ADD --chown=7:8 gzip /owned\nCOPY gzip /copied\n");
    dockerfile.append("ADD --unpack=false gzip /kept\n");

    BuildResult result = add(dockerfile.toString(), archives);

    for (String name : archives.keySet()) {
      Attributes file = node(result, name + "/dir/file").attributes();
      assertThat(file.mode()).as(name).isEqualTo(04750);
      assertThat(file.uid()).as(name).isEqualTo(5);
      assertThat(file.gid()).as(name).isEqualTo(6);
      assertThat(file.mtimeSeconds()).as(name).isEqualTo(1000);
      assertThat(node(result, name + "/dir").attributes().mode()).as(name).isEqualTo(0710);
    }
    assertThat(fixture.text(result, "bzip2/dir/file")).isEqualTo("from bzip2\n");
    assertThat(node(result, "owned/dir/file").attributes().uid()).isEqualTo(7);
    assertThat(node(result, "owned/dir/file").attributes().gid()).isEqualTo(8);
    int packed = Objects.requireNonNull(archives.get("gzip")).length;
    assertThat(node(result, "copied").size()).isEqualTo(packed);
    assertThat(node(result, "kept").size()).isEqualTo(packed);
  }

  // D.detect
  @Test
  void copiesWhatIsNoArchive() throws Exception {
    byte[] text = "not an archive\n".getBytes(StandardCharsets.UTF_8);
    byte[] broken = compressed(text, GZIPOutputStream::new);
    Arrays.fill(broken, 10, broken.length, (byte) 0xFF);
    var files =
        Map.of(
            "a.tar",
            text,
            "b.tar.gz",
            compressed(text, GZIPOutputStream::new),
            "c.gz",
            broken,
            "d.tar",
            new byte[0],
            "zeros.gz",
            compressed(new byte[4096], GZIPOutputStream::new));

    BuildResult result = add("FROM scratch\nADD * /to/\n", files);

    for (var file : files.entrySet()) {
      assertThat(node(result, "to/" + file.getKey()).size())
          .as(file.getKey())
          .isEqualTo(file.getValue().length);
    }
  }

  // Threat 3: an archive that ends too early, or is damaged, is never half unpacked.
  @Test
  void failsAtDamagedArchives() throws Exception {
    byte[] big = tar(TarEntry.file("big", Attributes.of(0644), 200_000));
    byte[] gzip = compressed(big, GZIPOutputStream::new);
    assertRefused(Arrays.copyOf(big, 100_000));
    assertRefused(Arrays.copyOf(gzip, gzip.length / 2));
  }

  // Threat 3: a bomb
  @Test
  void failsAtBombs() throws Exception {
    var bomb = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bomb)) {
      byte[] head = tar(TarEntry.file("bomb", Attributes.of(0644), 0));
      var header = TarEntry.file("bomb", Attributes.of(0644), 1L << 33);
      var first = new ByteArrayOutputStream();
      new TarWriter(TarSink.of(first), false).add(header);
      out.write(first.toByteArray(), 0, first.size());
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        out.write(zeros);
      }
      assertThat(head).isNotEmpty();
    }
    assertRefused(bomb.toByteArray());
  }

  // D.extract-escape, threat 1
  @Test
  void keepsHostileMembersInsideTheDestination() throws Exception {
    assertRefused(tar(TarEntry.file("../outside", Attributes.of(0644), 1)));
    BuildResult result =
        add(
            "FROM scratch\nADD a.tar /in/\n",
            Map.of(
                "a.tar",
                tar(
                    TarEntry.symlink("up", Attributes.of(0777), "../../etc"),
                    TarEntry.symlink("root", Attributes.of(0777), "/"),
                    TarEntry.file("up/passwd", Attributes.of(0600), 3),
                    TarEntry.file("root/shadow", Attributes.of(0600), 3))));

    assertThat(fixture.files(result).lookup("etc")).isEmpty();
    assertThat(fixture.files(result).lookup("shadow")).isEmpty();
  }

  private void assertRefused(byte[] archive) {
    assertThatThrownBy(() -> add("FROM scratch\nADD a.tar /to/\n", Map.of("a.tar", archive)))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("a.tar");
  }

  private interface Served {
    void answer(HttpExchange exchange) throws IOException;
  }

  private AutoCloseable serving(Served served) throws IOException {
    var server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByName("127.0.0.1"), BuilderFixture.REGISTRY), 0);
    server.createContext(
        "/",
        exchange -> {
          served.answer(exchange);
          exchange.close();
        });
    server.start();
    return () -> server.stop(0);
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().add("Last-Modified", "Sat, 01 Jan 2000 00:00:00 GMT");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static String url(String path) {
    return "http://127.0.0.1:" + BuilderFixture.REGISTRY + path;
  }

  // D.url, D.url-unpack, D.unpack, D.checksum
  @Test
  void fetchesFilesByUrlAndChecksThem() throws Exception {
    byte[] archive = compressed(sample(), GZIPOutputStream::new);
    String right = Digest.sha256(archive).toString();
    try (var _ = serving(exchange -> send(exchange, 200, archive))) {
      BuildResult result =
          add(
              """
              FROM scratch
              ADD %1$s /named
              ADD %1$s /in/
              ADD --checksum=%2$s --chown=9:9 --chmod=0644 %1$s /checked
              ADD --unpack=true %1$s /unpacked/
              """
                  .formatted(url("/files/a.tgz?x=y"), right),
              Map.of());

      Attributes file = node(result, "named").attributes();
      assertThat(file.mode()).isEqualTo(0600);
      assertThat(file.mtimeSeconds()).isEqualTo(946_684_800);
      assertThat(node(result, "in/a.tgz").size()).isEqualTo(archive.length);
      assertThat(node(result, "checked").attributes().mode()).isEqualTo(0644);
      assertThat(node(result, "checked").attributes().uid()).isEqualTo(9);
      assertThat(node(result, "unpacked/dir/file").attributes().mode()).isEqualTo(04750);
      assertThat(result.materials())
          .anyMatch(material -> material.toString().contains(right))
          .noneMatch(material -> material.toString().contains("x=y"));

      String wrong = Digest.sha256(new byte[1]).toString();
      assertThatThrownBy(() ->
              add("FROM scratch\nADD --checksum=" + wrong + " " + url("/f") + " /f\n", Map.of()))
          .isInstanceOf(BuildException.class)
          .hasMessageContaining("digest mismatch")
          .hasMessageContaining(right);
    }
  }

  // K.url: the content counts, not the address
  @Test
  void noticesThatAUrlsContentChanged() throws Exception {
    var content = new byte[][] {{1}};
    String dockerfile = "FROM scratch\nADD " + url("/f") + " /f\n";
    try (var _ = serving(exchange -> send(exchange, 200, content[0]))) {
      var first = add(dockerfile, Map.of());
      assertThat(add(dockerfile, Map.of()).reusedFrom()).isPresent();
      content[0] = new byte[] {2};
      var second = add(dockerfile, Map.of());
      assertThat(second.reusedFrom()).isEmpty();
      assertThat(second.image()).isNotEqualTo(first.image());
    }
  }

  // E.http-status, threat 12
  @Test
  void refusesErrorsAndInternalAddressesAlsoBehindRedirects() throws Exception {
    try (var _ =
        serving(exchange -> {
          if (exchange.getRequestURI().getPath().equals("/moved")) {
            exchange.getResponseHeaders().add("Location", "http://169.254.169.254/latest/");
            send(exchange, 302, new byte[0]);
          } else {
            send(exchange, 404, new byte[0]);
          }
        })) {
      assertSourceRefused("http-status", url("/gone"), "404");
      assertSourceRefused("address-refused", url("/moved"), "refused");
      assertSourceRefused("address-refused", "http://127.0.0.1:1/x", "refused");
      assertSourceRefused("address-refused", "http://[::1]/x", "refused");
    }
  }

  private void assertSourceRefused(String code, String url, String words) {
    assertThatThrownBy(() -> add("FROM scratch\nADD " + url + " /f\n", Map.of()))
        .isInstanceOfSatisfying(
            BuildException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.kind()).isEqualTo(FailureKind.SOURCE);
              assertThat(e.getMessage()).contains(words);
            });
  }
}
