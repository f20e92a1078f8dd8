package dev.cairn.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupKillTest {
  @TempDir Path directory;

  @Test
  void takesGroupsThatARuntimeRemovesMeanwhileForGone() throws Exception {
    var group = directory.resolve("step");
    var over = new AtomicBoolean();
    var runtime =
        Thread.ofPlatform()
            .start(() -> {
              try {
                while (!over.get()) {
                  Files.createDirectories(group.resolve("below"));
                  Files.delete(group.resolve("below"));
                  Files.delete(group);
                }
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    try {
      for (int i = 0; i < 20_000; i++) {
        assertThat(CgroupKill.processes(List.of(group))).isEmpty();
      }
    } finally {
      over.set(true);
      runtime.join();
    }
  }
}
