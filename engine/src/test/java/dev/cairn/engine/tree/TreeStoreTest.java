package dev.cairn.engine.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.engine.disk.Freed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeStoreTest {
  @TempDir Path directory;

  private static Path make(TreeStore store, String key, long used) throws Exception {
    try (var pins = store.pins()) {
      Path tree =
          store.make(key, pins, to -> Files.write(to.resolve("f"), new byte[20_000 + (int) used]));
      Files.setLastModifiedTime(tree.resolve(".."), FileTime.from(Instant.ofEpochSecond(used)));
      return tree;
    }
  }

  @Test
  void trimsWhatWasUsedLongestAgoAndNothingInUseOrInAPlan() throws Exception {
    var store = new TreeStore(directory, 4);
    Path used = make(store, "used", 1);
    Path old = make(store, "old", 2);
    Path young = make(store, "young", 3);
    try (var pins = store.pins()) {
      assertThat(store.find("used", pins)).isPresent();

      assertThat(store.trim(1, true)).isEqualTo(Freed.NOTHING);
      Freed plan = store.trim(0.25, true);
      assertThat(plan.count()).isEqualTo(1);
      assertThat(plan.bytes()).isGreaterThan(20_000);
      assertThat(old).exists();
      assertThat(store.trim(0.25, false)).isEqualTo(plan);
      assertThat(old).doesNotExist();
      assertThat(young).exists();
      store.trim(0, false);
      assertThat(young).doesNotExist();
      assertThat(used).exists();
      assertThat(find(store, "old")).isFalse();
    }
    assertThat(store.trim(0, false).count()).isEqualTo(1);
    assertThat(used).doesNotExist();
  }

  private static boolean find(TreeStore store, String key) throws IOException {
    try (var pins = store.pins()) {
      return store.find(key, pins).isPresent();
    }
  }
}
