package dev.cairn.app.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.content.FileType;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import dev.cairn.linux.FileKind;
import dev.cairn.linux.file.Directory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextScanTest {
  @TempDir Path directory;

  private List<TarEntry> scan(String ignore, String... always) throws IOException {
    try (var root = Directory.open(directory)) {
      return ContextScan.of(
          root, IgnoreFile.parse(ignore.getBytes(StandardCharsets.UTF_8)), Set.of(always));
    }
  }

  private void file(String path) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, path);
  }

  @Test
  void leavesOutWhatIsIgnoredAndKeepsWhatComesBack() throws IOException {
    file("node_modules/x/index.js");
    file("src/a");
    file("src/b.tmp");
    file("deep/er/keep");
    file("deep/er/drop");
    file("empty/x.tmp");

    assertThat(scan("node_modules\n**/*.tmp\ndeep\n!deep/er/keep\n"))
        .extracting(TarEntry::path)
        .containsExactly("deep", "deep/er", "deep/er/keep", "empty", "src", "src/a");
  }

  @Test
  void sendsTheDockerfileThoughEverythingIsIgnored() throws IOException {
    file("sub/Dockerfile");
    file("sub/other");
    file("a");

    assertThat(scan("*", "sub/Dockerfile"))
        .extracting(TarEntry::path)
        .containsExactly("sub", "sub/Dockerfile");
  }

  @Test
  void keepsModesLinksAndPipesAndMakesRootTheOwner() throws IOException {
    try (var root = Directory.open(directory)) {
      root.create("run", 0751).close();
      root.setModified("run", 1_700_000_000L, 5);
      root.symlink("out", "/etc/passwd");
      root.symlink("gone", "nowhere");
      root.makeNode("pipe", FileKind.FIFO, 0622, 0, 0);
      root.makeDirectory("sticky", 01777);
    }

    var entries = scan("");

    assertThat(entries)
        .extracting(TarEntry::path)
        .containsExactly("gone", "out", "pipe", "run", "sticky");
    assertThat(entries.get(1).link()).isEqualTo("/etc/passwd");
    assertThat(entries.get(2).type()).isEqualTo(FileType.FIFO);
    assertThat(entries.get(3).attributes().mode()).isEqualTo(0751);
    assertThat(entries.get(3).attributes().mtimeSeconds()).isEqualTo(1_700_000_000L);
    assertThat(entries.get(3).attributes().mtimeNanos()).isEqualTo(5);
    assertThat(entries.get(4).attributes().mode()).isEqualTo(01777);
    assertThat(entries)
        .allSatisfy(entry -> {
          assertThat(entry.attributes().uid()).isZero();
          assertThat(entry.attributes().gid()).isZero();
        });
  }
}
