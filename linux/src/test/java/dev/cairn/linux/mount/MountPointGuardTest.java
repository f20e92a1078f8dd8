package dev.cairn.linux.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.linux.FileKind;
import dev.cairn.linux.file.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class MountPointGuardTest {
  @TempDir Path temp;

  @Test
  void makesHiddenMountPointsAndTakesThemAwayAgain() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    var targets =
        List.of(
            new StubLayer.Target("/run/secrets/token", false),
            new StubLayer.Target("/cache/kept", true));
    new StubLayer(targets).writeTo(temp.resolve("stub"));
    for (var name : List.of("image", "upper", "work", "view")) {
      Files.createDirectory(temp.resolve(name));
    }
    try (var image = Directory.open(temp.resolve("image"))) {
      image.makeNode("run", FileKind.CHARACTER_DEVICE, 0, 0, 0);
      image.makeNode("cache", FileKind.CHARACTER_DEVICE, 0, 0, 0);
      image.makeDirectory("etc", 0755);
      image.makeNode("etc/hosts", FileKind.CHARACTER_DEVICE, 0, 0, 0);
    }
    var layers =
        OverlayLayers.writable(
            List.of(temp.resolve("stub"), temp.resolve("image")),
            temp.resolve("upper"),
            temp.resolve("work"));
    try (var _ = OverlayMount.mount(layers, temp.resolve("view"), Set.of())) {
      var guard = MountPointGuard.prepare(temp.resolve("view"), targets, new Owners.Host());
      assertThat(temp.resolve("view/run/secrets/token")).isEmptyFile();
      assertThat(temp.resolve("view/etc/hosts")).isEmptyFile();
      Files.createFile(temp.resolve("view/cache/kept/file"));
      guard.close();
      assertThat(temp.resolve("view/run")).doesNotExist();
      assertThat(temp.resolve("view/etc/hosts")).doesNotExist();
    }
    var left = new ArrayList<String>();
    try (var upper = Directory.open(temp.resolve("upper"))) {
      new OverlayDiff(upper)
          .forEach(entry -> {
            if (entry instanceof DiffEntry.Present present) {
              left.add(present.path());
            }
          });
    }
    // "etc" was only copied up: the engine drops it by the index.
    assertThat(left).isEqualTo(List.of("cache", "cache/kept", "cache/kept/file", "etc"));
  }
}
