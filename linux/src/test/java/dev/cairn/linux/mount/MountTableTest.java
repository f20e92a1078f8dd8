package dev.cairn.linux.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
  @Test
  void readsTargetsWithSpacesAndOptions() {
    var table =
        MountTable.parse(
            """
            22 27 0:21 / /proc rw,relatime - proc proc rw
            30 27 0:40 / /data/a\\040b rw shared:1 master:2 - overlay cairn rw,volatile
            31 30 0:41 / /data/a\\040b/c rw - tmpfs tmpfs rw,size=4k
            32 27 0:41 / /database rw - tmpfs tmpfs rw
            """);
    assertThat(table.below(Path.of("/data")))
        .extracting(MountTable.Entry::target)
        .containsExactly("/data/a b/c", "/data/a b");
    assertThat(table.entries().get(1).options()).contains("volatile");
  }
}
