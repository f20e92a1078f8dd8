package dev.cairn.app.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.app.client.ApiConnection;
import dev.cairn.app.client.CairnApi;
import dev.cairn.app.client.ServerAddress;
import dev.cairn.app.command.FakeServer;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import dev.cairn.linux.FileKind;
import dev.cairn.linux.file.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ContextUploadTest {
  @TempDir Path directory;
  @TempDir Path cache;

  private void fill(int files) throws IOException {
    for (int i = 0; i < files; i++) {
      Path folder = directory.resolve("src/module-" + i / 100);
      if (i % 100 == 0) {
        Files.createDirectories(folder);
      }
      Files.writeString(folder.resolve("source-file-" + i + ".ts"), "export const n = " + i + ";");
    }
  }

  private JsonNode send(FakeServer server) throws Exception {
    var api = new CairnApi(new ApiConnection(ServerAddress.parse(server.url()), "t"));
    try (var root = Directory.open(directory)) {
      var files = new ContextFiles(root, ContextScan.of(root, IgnoreFile.NONE, Set.of()));
      return new ContextUpload(api, UploadProgress.NONE)
          .send(files, SentBefore.in(cache, server.url(), directory));
    }
  }

  private static long bytesOnTheWire(FakeServer server, long bodies, int requests) {
    // A head of ours has some 200 bytes; this is more.
    return server.received() - bodies + 300L * (server.requests().size() - requests);
  }

  @Test
  void sendsOnlyTheChangedFileWithItsPieceOfTheManifest() throws Exception {
    try (var server = new FakeServer()) {
      fill(1000);
      assertThat(send(server).has("manifest")).isTrue();
      long bodies = server.received();
      int requests = server.requests().size();
      Files.writeString(directory.resolve("src/module-3/source-file-333.ts"), "changed");

      assertThat(send(server).has("manifest")).isTrue();

      assertThat(bytesOnTheWire(server, bodies, requests)).isLessThan(30_000);
      assertThat(server.requests().size() - requests).isEqualTo(3);
    }
  }

  @Test
  void remembersNoMoreThanAHundredContexts() throws Exception {
    for (int i = 0; i < 120; i++) {
      Path old = Files.write(cache.resolve("context-" + i), new byte[8]);
      Files.setLastModifiedTime(old, FileTime.fromMillis(1_000_000L * i));
    }
    try (var server = new FakeServer()) {
      fill(1);
      send(server);
    }
    assertThat(cache).isDirectoryContaining(path -> path.endsWith("context-119"));
    assertThat(cache).isDirectoryNotContaining(path -> path.endsWith("context-20"));
    try (var left = Files.list(cache)) {
      assertThat(left).hasSize(100);
    }
  }

  @Test
  @Tag("slow")
  void sendsLessThanFiftyKilobytesForOneChangeInTwentyThousandFiles() throws Exception {
    try (var server = new FakeServer()) {
      fill(20_000);
      send(server);
      for (int file : new int[] {0, 777, 12_345, 19_999}) {
        long bodies = server.received();
        int requests = server.requests().size();
        Path changed =
            directory.resolve("src/module-" + file / 100 + "/source-file-" + file + ".ts");
        Files.writeString(changed, "changed " + file);

        send(server);

        assertThat(bytesOnTheWire(server, bodies, requests)).isLessThan(50_000);
      }
    }
  }

  @Test
  void asksAgainWhenItsMemoryIsWrong() throws Exception {
    try (var server = new FakeServer()) {
      fill(150);
      send(server);
      server.forget();

      assertThat(send(server).has("manifest")).isTrue();
    }
  }

  @Test
  void sendsLargeFilesAloneAndSmallOnesTogether() throws Exception {
    try (var server = new FakeServer()) {
      fill(30);
      Files.write(directory.resolve("large"), new byte[3 << 20]);

      send(server);

      assertThat(server.blobs().values()).anyMatch(blob -> blob.length == 3 << 20);
      assertThat(server.blobs()).as("the large file, the bundle, the manifest").hasSize(3);
    }
  }

  @Test
  void sendsAnArchiveWhereAManifestCannotSayIt() throws Exception {
    try (var server = new FakeServer();
        var root = Directory.open(directory)) {
      root.makeNode("pipe", FileKind.FIFO, 0600, 0, 0);

      assertThat(send(server).has("archive")).isTrue();
    }
  }
}
