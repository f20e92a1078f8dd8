package dev.cairn.content.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.linux.file.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerUnpackerTest {

  @TempDir Path directory;
  private LocalBlobStore store;

  @BeforeEach
  void openStore() throws IOException {
    store = new LocalBlobStore(directory.resolve("store"));
  }

  private Path unpack(String name, List<String> lines) throws IOException {
    return unpack(name, UnpackMode.UNPRIVILEGED, lines);
  }

  private Path unpack(String name, UnpackMode mode, List<String> lines) throws IOException {
    Path tree = Files.createDirectories(directory.resolve("trees").resolve(name));
    var blob = store.put(LayerFixture.tar(lines));
    try (var root = Directory.open(tree);
        var lower = MergedView.empty(store)) {
      var unpacker = new LayerUnpacker(root, mode);
      var layer =
          new LayerReader(store, ArchiveLimits.DEFAULT)
              .read(blob.digest(), Optional.empty(), unpacker);
      unpacker.finish(layer.index(), lower);
    }
    return tree;
  }

  @Test
  void writesFilesLinksAndTimes() throws IOException {
    Path tree =
        unpack(
            "t", List.of("d/", "d/f=text", "s->d/f", "h=>d/f", "x/y/z=deep", "d/f2=1", "d/f2=2"));
    assertThat(tree.resolve("d/f")).hasContent("text");
    assertThat(tree.resolve("d/f2")).hasContent("2");
    assertThat(tree.resolve("x/y/z")).hasContent("deep");
    assertThat(Files.readSymbolicLink(tree.resolve("s"))).hasToString("d/f");
    assertThat(Files.getAttribute(tree.resolve("h"), "unix:ino"))
        .isEqualTo(Files.getAttribute(tree.resolve("d/f"), "unix:ino"));
    assertThat(Files.getLastModifiedTime(tree.resolve("d")).toMillis()).isEqualTo(1_000_000_000L);
    assertThat(Files.getLastModifiedTime(tree.resolve("s"), LinkOption.NOFOLLOW_LINKS).toMillis())
        .isEqualTo(1_000_002_000L);
  }

  @Test
  void writesNothingOutsideWhateverTheLinks() throws IOException {
    Path outside = Files.createDirectories(directory.resolve("outside"));
    Path trees = Files.createDirectories(directory.resolve("trees"));
    var targets = new ArrayList<String>();
    targets.add(outside.toString());
    for (int i = 1; i <= 20; i++) {
      targets.add("../".repeat(i) + "outside");
      targets.add("d/../" + "../".repeat(i) + "outside");
      targets.add("/" + "../".repeat(i) + outside.toString().substring(1));
      targets.add("./" + "../".repeat(i) + "trees/../outside");
    }
    int archives = 0;
    for (String target : targets) {
      for (var lines :
          List.of(
              List.of("l->" + target, "l/f=bad"),
              List.of("d/", "d/l->" + target, "d/l/x/f=bad", "d/l/.wh.gone"),
              List.of("l->" + target, "m->l", "m/f=bad", "m/d/"),
              List.of("l->" + target, "h=>l", "h=bad", "l=bad"))) {
        unpack("hostile" + archives++, lines);
      }
    }
    assertThat(archives).isGreaterThan(250);
    assertThat(outside).isEmptyDirectory();
    try (var files = Files.list(trees)) {
      assertThat(files).allMatch(path -> path.getFileName().toString().startsWith("hostile"));
    }
  }
}
