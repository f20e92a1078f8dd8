package dev.cairn.linux.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stranger swaps directories for links while we write; and hostile names, made from a seed. */
class DirectoryRaceTest {
  @TempDir Path temp;

  @Test
  void nothingIsWrittenOutsideWhileADirectoryIsSwappedForALink() throws Exception {
    var outside = Files.createDirectories(temp.resolve("outside/sub"));
    var top = Files.createDirectory(temp.resolve("root"));
    var stop = new AtomicBoolean();
    try (var root = Directory.open(top);
        var stranger = Directory.open(top)) {
      stranger.makeDirectory("real", 0755);
      stranger.makeDirectory("real/sub", 0755);
      stranger.symlink("link", temp.resolve("outside").toString());
      stranger.rename("real", "d");
      var swapping =
          Thread.ofPlatform()
              .start(() -> {
                while (!stop.get()) {
                  quietly(() -> stranger.rename("d", "real"));
                  quietly(() -> stranger.rename("link", "d"));
                  quietly(() -> stranger.rename("d", "link"));
                  quietly(() -> stranger.rename("real", "d"));
                }
              });
      int written = 0;
      int refused = 0;
      for (int i = 0; i < 3000; i++) {
        try {
          root.create("d/sub/f" + i, 0644).close();
          written++;
        } catch (LinuxException e) {
          refused++;
        }
        var name = "d/sub/l" + i;
        quietly(() -> root.symlink(name, "x"));
        quietly(() -> root.makeDirectory(name + "d", 0755));
        quietly(() -> root.setMode("d/sub", 0777));
      }
      stop.set(true);
      swapping.join();
      assertThat(written).as("refused %d", refused).isPositive();
    }
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void noHostileNameReachesOutside() throws IOException {
    var outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("victim"), "untouched");
    var parts =
        List.of("..", ".", "", "a", "up", "abs", "self", "proc", "victim", "...", "\uDCFF", "a b");
    long seed = System.nanoTime();
    var random = new Random(seed);
    try (var root = Directory.open(Files.createDirectory(temp.resolve("root")))) {
      root.symlink("up", "../outside");
      root.symlink("abs", outside.toString());
      root.symlink("self", "self");
      root.symlink("proc", "/proc/self/cwd");
      root.makeDirectory("a", 0755);
      root.symlink("a/up", "../../outside");
      for (int i = 0; i < 2000; i++) {
        var path = new StringBuilder(random.nextBoolean() ? "/" : "");
        for (int j = random.nextInt(5); j >= 0; j--) {
          path.append(parts.get(random.nextInt(parts.size()))).append('/');
        }
        path.append(random.nextBoolean() ? "victim" : "new");
        var name = path.toString();
        switch (random.nextInt(8)) {
          case 0 -> quietly(() -> root.create(name, 0644).close());
          case 1 -> quietly(() -> root.makeDirectories(name, 0755));
          case 2 -> quietly(() -> root.symlink(name, "/etc/passwd"));
          case 3 -> quietly(() -> root.link("hard", name));
          case 4 -> quietly(() -> root.setModified(name, 1, 1));
          case 5 -> quietly(() -> root.remove(name));
          case 6 -> quietly(() -> root.rename(name, "moved"));
          default -> quietly(() -> root.setMode(name, 0));
        }
      }
    }
    assertThat(outside.resolve("victim")).as("seed %d", seed).hasContent("untouched");
    try (var names = Files.list(outside)) {
      assertThat(names).as("seed %d", seed).hasSize(1);
    }
    assertThat(Files.getLastModifiedTime(outside.resolve("victim")).toMillis()).isGreaterThan(1000);
  }

  private interface Attempt {
    void run() throws IOException;
  }

  /** A refusal is what we want or the race's doing; only the outside counts. */
  private static void quietly(Attempt attempt) {
    try {
      attempt.run();
    } catch (IOException e) {
      assertThat(e).isInstanceOf(LinuxException.class);
    }
  }
}
