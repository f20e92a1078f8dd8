package dev.cairn.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.linux.mount.Owners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class CacheVolumesTest {
  private static final CacheVolumes.Ownership ROOT = new CacheVolumes.Ownership(0755, 0, 0);

  @TempDir Path directory;
  private CacheVolumes volumes;
  private int views;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(System.getProperty("user.name", "").equals("root"), "needs root for overlay mounts");
    volumes = new CacheVolumes(directory.resolve("volumes"), new Owners.Host());
  }

  private CacheVolumes.View view(boolean empty) throws IOException {
    return volumes.open("v", ROOT, empty, directory.resolve("work" + views++));
  }

  private void put(CacheVolumes.View view, String name, String text) throws IOException {
    Files.writeString(view.directory().resolve(name), text);
  }

  private String read(CacheVolumes.View view, String name) throws IOException {
    Path file = view.directory().resolve(name);
    return Files.exists(file) ? Files.readString(file) : "-";
  }

  @Test
  void keepsWhatASuccessfulStepLeftAndForgetsTheOthers() throws IOException {
    var good = view(false);
    put(good, "a", "1");
    volumes.close(good, true);
    var bad = view(false);
    assertThat(read(bad, "a")).isEqualTo("1");
    put(bad, "a", "broken");
    Files.createFile(bad.directory().resolve("b"));
    volumes.close(bad, false);

    var next = view(false);
    assertThat(read(next, "a")).isEqualTo("1");
    assertThat(read(next, "b")).isEqualTo("-");
    volumes.close(next, false);
  }

  // Threat 5: between builds no view sees another's unfinished work.
  @Test
  void viewsOfTwoBuildsDoNotSeeEachOther() throws IOException {
    var one = view(false);
    var two = view(false);
    put(one, "from-one", "1");
    put(two, "from-two", "2");
    assertThat(read(two, "from-one")).isEqualTo("-");
    volumes.close(one, true);
    assertThat(read(two, "from-one")).isEqualTo("-");
    volumes.close(two, true);

    var after = view(false);
    assertThat(read(after, "from-two")).isEqualTo("2");
    volumes.close(after, false);
  }

  // M.cache-nocache, M.cache-owner
  @Test
  void beginsAnewWhenAskedAndWithItsOwner() throws IOException {
    var first = view(false);
    put(first, "a", "1");
    volumes.close(first, true);
    var empty =
        volumes.open("v", new CacheVolumes.Ownership(0700, 7, 8), true, directory.resolve("empty"));
    assertThat(read(empty, "a")).isEqualTo("-");
    assertThat(Files.getAttribute(empty.directory(), "unix:uid")).isEqualTo(7);
    assertThat(Files.getPosixFilePermissions(empty.directory()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    volumes.close(empty, false);
  }

  @Test
  void staysWholeAndLowOverManyVersions() throws IOException {
    for (int i = 0; i < 20; i++) {
      var view = view(false);
      put(view, "f" + i, String.valueOf(i));
      if (i > 0) {
        Files.delete(view.directory().resolve("f" + (i - 1)));
      }
      volumes.close(view, true);
    }

    assertThat(Files.readAllLines(directory.resolve("volumes/v/current")).size()).isLessThan(17);
    var last = view(false);
    try (var files = Files.list(last.directory())) {
      assertThat(files).hasSize(1);
    }
    assertThat(read(last, "f19")).isEqualTo("19");
    volumes.close(last, false);
  }

  private static void make(Path directory, String script) throws Exception {
    var process = new ProcessBuilder("sh", "-ec", script).directory(directory.toFile()).start();
    assertThat(process.waitFor()).as(script).isZero();
  }

  @Test
  void makesATallStackFlatWithoutFollowingOrChangingAnything() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "host");
    for (int i = 0; i < 16; i++) {
      var view = view(false);
      if (i == 0) {
        make(
            view.directory(),
            "echo a > a; ln a b; ln -s "
                + secret
                + " out; ln -s .. up; mkdir d; ln -s / d/root; mkfifo p; echo x > -n;"
                + " chown 7:8 a; chmod 4755 a; touch -d 2001-02-03 a; mkdir gone; touch gone/f");
      }
      if (i == 5) {
        make(view.directory(), "rm -r gone; mkdir gone; touch gone/new");
      }
      volumes.close(view, true);
    }
    assertThat(Files.readAllLines(directory.resolve("volumes/v/current"))).hasSize(1);
    var view = view(false);
    Path files = view.directory();
    assertThat(Files.readSymbolicLink(files.resolve("out"))).isEqualTo(secret);
    assertThat(Files.readSymbolicLink(files.resolve("d/root"))).isEqualTo(Path.of("/"));
    assertThat(Files.getAttribute(files.resolve("a"), "unix:mode")).isEqualTo(0104755);
    assertThat(Files.getAttribute(files.resolve("a"), "unix:uid")).isEqualTo(7);
    assertThat(Files.getAttribute(files.resolve("a"), "unix:nlink")).isEqualTo(2);
    assertThat(Files.getLastModifiedTime(files.resolve("a")).toString()).startsWith("2001-02-0");
    assertThat(files.resolve("-n")).exists();
    assertThat(files.resolve("gone")).isDirectoryContaining("glob:**/new");
    assertThat(files.resolve("gone/f")).doesNotExist();
    assertThat(Files.readString(secret)).isEqualTo("host");
    volumes.close(view, false);
  }

  @Test
  void removesTheVolumesThatWereNotUsedLongestAndNoneInUse() throws Exception {
    for (String name : java.util.List.of("old", "used", "fresh")) {
      var view = volumes.open(name, ROOT, false, directory.resolve("work-" + name));
      make(view.directory(), "head -c 3000000 /dev/zero > f");
      volumes.close(view, true);
      Thread.sleep(20);
    }
    var used = volumes.open("used", ROOT, false, directory.resolve("work-again"));

    assertThat(volumes.collect(100_000_000, false).bytes()).isZero();
    var plan = volumes.collect(4_000_000, true);
    assertThat(directory.resolve("volumes/old")).exists();
    assertThat(volumes.collect(4_000_000, false)).isEqualTo(plan);
    assertThat(plan.bytes()).isBetween(3_000_000L, 3_200_000L);
    assertThat(directory.resolve("volumes/old")).doesNotExist();
    assertThat(directory.resolve("volumes/fresh")).exists();
    assertThat(volumes.collect(0, false).bytes()).isPositive();
    assertThat(directory.resolve("volumes/fresh")).doesNotExist();

    assertThat(Files.size(used.directory().resolve("f"))).isEqualTo(3_000_000);
    volumes.close(used, true);
    assertThat(directory.resolve("volumes/used/current")).exists();
    assertThat(volumes.collect(0, false).bytes()).isPositive();
    try (var left = Files.list(directory.resolve("volumes"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void keepsOneScopeWithinItsBytesAndLeavesOthersAlone() throws Exception {
    for (String name : java.util.List.of("aa-old", "aa-new", "bb")) {
      var view = volumes.open(name, ROOT, false, directory.resolve("work-" + name));
      make(view.directory(), "head -c 3000000 /dev/zero > f");
      volumes.close(view, true);
      Thread.sleep(20);
    }

    assertThat(volumes.collect("aa", 4_000_000).left()).isBetween(3_000_000L, 3_200_000L);
    assertThat(directory.resolve("volumes/aa-old")).doesNotExist();
    assertThat(directory.resolve("volumes/aa-new")).exists();
    assertThat(volumes.collect("aa", 0).left()).isZero();
    assertThat(directory.resolve("volumes/aa-new")).doesNotExist();
    assertThat(directory.resolve("volumes/bb")).exists();
  }

  @Test
  void sweepsWhatDeadBuildsLeftAndEverythingAfterAnUncleanBoot() throws IOException {
    var view = view(false);
    put(view, "a", "1");
    volumes.close(view, true);
    Files.createDirectory(directory.resolve("volumes/v/d-dead"));

    var again = new CacheVolumes(directory.resolve("volumes"), new Owners.Host());
    again.sweep(true);
    assertThat(directory.resolve("volumes/v/d-dead")).doesNotExist();
    volumes = again;
    var kept = view(false);
    assertThat(read(kept, "a")).isEqualTo("1");
    volumes.close(kept, false);

    again.sweep(false);
    var fresh = view(false);
    assertThat(read(fresh, "a")).isEqualTo("-");
    volumes.close(fresh, false);
  }
}
