package dev.cairn.linux.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskUseTest {
  @TempDir Path directory;

  private Path file(String name, int bytes) throws IOException {
    return Files.write(directory.resolve(name), new byte[bytes]);
  }

  @Test
  void countsAllocatedBytesAndEveryName() throws IOException {
    file("a", 1 << 20);
    Files.createDirectories(directory.resolve("d/e"));
    Files.createSymbolicLink(directory.resolve("d/link"), Path.of("/"));
    DiskUse use = DiskUse.of(directory);
    assertThat(use.bytes()).isBetween(1L << 20, (1L << 20) + (64 << 10));
    assertThat(use.entries()).isEqualTo(4);
    assertThat(use.tooDeep()).isFalse();
  }

  @Test
  void countsAFileWithSeveralNamesOnce() throws IOException {
    Path file = file("a", 1 << 20);
    for (int i = 0; i < 7; i++) {
      Files.createLink(directory.resolve("link" + i), file);
    }
    DiskUse use = DiskUse.of(directory);
    assertThat(use.bytes()).isBetween(1_000_000L, (1L << 20) + (64 << 10));
    assertThat(use.entries()).isEqualTo(8);
  }

  @Test
  void countsNoHoles() throws IOException {
    try (var sparse = new RandomAccessFile(directory.resolve("s").toFile(), "rw")) {
      sparse.setLength(1L << 30);
    }
    assertThat(DiskUse.of(directory).bytes()).isLessThan(1 << 20);
  }

  @Test
  void saysWhenATreeIsDeeperThanAnyLayer() throws Exception {
    var make =
        new ProcessBuilder(
                "sh",
                "-c",
                "cd \"$0\"; i=0; while [ $i -lt 1100 ]; do mkdir d && cd d || exit 1;"
                    + " i=$((i+1)); done",
                directory.toString())
            .start();
    assertThat(make.waitFor()).isZero();
    assertThat(DiskUse.of(directory).tooDeep()).isTrue();
    try (var all = Directory.open(directory)) {
      all.removeContent();
    }
  }

  @Test
  void whatHasGoneTakesNothing() throws IOException {
    assertThat(DiskUse.of(directory.resolve("gone"))).isEqualTo(DiskUse.NONE);
  }

  @Test
  void asksTheFileSystem() throws IOException {
    DiskSpace space = DiskSpace.of(directory);
    assertThat(space.freeBytes()).isBetween(1L, space.bytes());
    assertThat(space.freeInodes()).isLessThanOrEqualTo(space.inodes());
  }
}
