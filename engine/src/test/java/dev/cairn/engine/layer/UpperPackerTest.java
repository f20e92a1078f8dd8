package dev.cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.content.compress.CompressionPool;
import dev.cairn.content.compress.CompressorId;
import dev.cairn.content.compress.SegmentCache;
import dev.cairn.content.layer.LayerSettings;
import dev.cairn.content.layer.LayerWriter;
import dev.cairn.content.layer.MergedView;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarReader;
import dev.cairn.linux.file.Directory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class UpperPackerTest {
  @TempDir Path directory;
  private final CompressionPool pool = new CompressionPool(1);
  private LocalBlobStore store;
  private LayerSettings settings;
  private MergedView below;
  private Path upper;

  /** Below lie the directories d and d/sub (mode 0750) and the files d/f and d/g. */
  @BeforeEach
  void makeBelow() throws IOException {
    assumeTrue(
        System.getProperty("user.name", "").equals("root"), "needs root for overlay's own marks");
    store = new LocalBlobStore(directory.resolve("blobs"));
    settings = new LayerSettings(CompressorId.NONE, pool, SegmentCache.NONE, false);
    try (var writer = new LayerWriter(store, settings)) {
      writer.add(TarEntry.directory("d", Attributes.of(0755).withMtime(10, 0)));
      for (String name : List.of("d/f", "d/g")) {
        writer.add(
            TarEntry.file(name, Attributes.of(0644).withMtime(10, 0), name.length()),
            new ByteArrayInputStream(name.getBytes(StandardCharsets.UTF_8)));
      }
      writer.add(TarEntry.directory("d/sub", Attributes.of(0750).withMtime(10, 0)));
      below = MergedView.of(List.of(writer.finish()), store);
    }
    upper = Files.createDirectory(directory.resolve("upper"));
  }

  @AfterEach
  void stop() {
    pool.close();
  }

  private Path folder(String path, String mode) throws IOException {
    Path made = Files.createDirectories(upper.resolve(path));
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(mode));
    return made;
  }

  private Path file(String path, String text) throws IOException {
    Path made = Files.writeString(upper.resolve(path), text);
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-r--r--"));
    return made;
  }

  private static void at(Path path, long second) throws IOException {
    Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(second)));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  /** The entries of the layer in their order, as a type letter and a path. */
  private List<String> packed(String... mountPoints) throws IOException {
    return packed(UpperPacker.Ownership.ON_DISK, mountPoints);
  }

  private List<String> packed(UpperPacker.Ownership ownership, String... mountPoints)
      throws IOException {
    dev.cairn.content.layer.Layer layer;
    try (var writer = new LayerWriter(store, settings)) {
      new UpperPacker(below, Set.of(mountPoints), ownership, writer).pack(upper);
      layer = writer.finish();
    }
    var found = new ArrayList<String>();
    try (var in = store.open(layer.descriptor().digest())) {
      var tar = new TarReader(in, ArchiveLimits.DEFAULT);
      for (var next = tar.next(); next.isPresent(); next = tar.next()) {
        String kind = next.get().type().name().substring(0, 1);
        String link = next.get().link().isEmpty() ? "" : " -> " + next.get().link();
        long uid = next.get().attributes().uid();
        found.add(kind + " " + next.get().path() + link + (uid == 0 ? "" : " of " + uid));
      }
    }
    return found;
  }

  // L.noop: overlay copies up what is only opened for writing
  @Test
  void dropsWhatWasTouchedAndNotChanged() throws IOException {
    folder("d", "rwxr-xr-x");
    at(file("d/f", "d/f"), 10);
    at(folder("d/sub", "rwxr-x---"), 10);
    at(upper.resolve("d"), 10);

    assertThat(packed()).isEmpty();
  }

  // L.minimal: parents come along with their merged attributes
  @Test
  void keepsAChangeWithTheDirectoriesThatLeadToIt() throws IOException {
    folder("d", "rwxr-xr-x");
    folder("d/sub", "rwxr-x---");
    file("d/sub/new", "x");
    at(upper.resolve("d/sub"), 10);
    at(upper.resolve("d"), 10);

    assertThat(packed()).containsExactly("D d", "D d/sub", "F d/sub/new");
  }

  // L.metadata
  @Test
  void keepsChangesOfModeOwnerAndTime() throws IOException {
    folder("d", "rwxr-xr-x");
    at(file("d/f", "d/f"), 11);
    Path other = file("d/g", "d/g");
    Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwxr-xr-x"));
    at(other, 10);
    at(upper.resolve("d"), 10);

    assertThat(packed()).containsExactly("D d", "F d/f", "F d/g");
  }

  // L.whiteout, L.opaque
  @Test
  void writesDeletionsAndReplacedDirectories() throws Exception {
    folder("d", "rwxr-xr-x");
    run("mknod", upper.resolve("d/f").toString(), "c", "0", "0");
    assertThat(packed()).contains("F d/.wh.f");

    run("rm", "-r", "--", upper.resolve("d").toString());
    folder("d", "rwxr-xr-x");
    try (var opened = Directory.open(upper)) {
      opened.setAttribute("d", "trusted.overlay.opaque", new byte[] {'y'});
    }
    file("d/fresh", "x");
    assertThat(packed()).containsExactlyInAnyOrder("D d", "F d/.wh..wh..opq", "F d/fresh");
  }

  // L.hardlink
  @Test
  void keepsHardLinksAlsoWhenTheFirstNameIsUnchanged() throws IOException {
    folder("d", "rwxr-xr-x");
    Path first = file("d/f", "d/f");
    Files.createLink(upper.resolve("d/x"), first);
    Files.createLink(upper.resolve("d/y"), first);
    at(first, 10);
    at(upper.resolve("d"), 10);

    assertThat(packed()).containsExactly("D d", "F d/x", "H d/y -> d/x");
  }

  // R.stubs
  @Test
  void forgetsMountPointsAndSocketsAndKeepsTheRest() throws Exception {
    folder("run", "rwxr-xr-x");
    folder("run/secrets", "rwxr-xr-x");
    file("run/secrets/token", "");
    folder("proc", "rwxr-xr-x");
    Files.createSymbolicLink(upper.resolve("link"), Path.of("/nowhere"));
    run("mkfifo", upper.resolve("fifo").toString());

    assertThat(packed("run", "run/secrets", "run/secrets/token", "proc"))
        .containsExactly("F fifo", "S link -> /nowhere");
  }

  // A disk that knows one owner only says nothing about owners.
  @Test
  void keepsOwnersOfTheLayersBelowWhereTheDiskKnowsOnlyOne() throws IOException {
    try (var writer = new LayerWriter(store, settings)) {
      var owned = new Attributes(0644, 7, 8, 10, 0, dev.cairn.content.Xattrs.NONE);
      writer.add(TarEntry.directory("d", Attributes.of(0755).withMtime(10, 0)));
      for (String name : List.of("d/same", "d/changed")) {
        writer.add(
            TarEntry.file(name, owned, name.length()),
            new ByteArrayInputStream(name.getBytes(StandardCharsets.UTF_8)));
      }
      below = MergedView.of(List.of(writer.finish()), store);
    }
    folder("d", "rwxr-xr-x");
    at(file("d/same", "d/same"), 10);
    at(file("d/changed", "other"), 20);
    at(file("d/new", "new"), 20);
    at(upper.resolve("d"), 10);

    assertThat(packed(UpperPacker.Ownership.AS_BELOW))
        .containsExactly("D d", "F d/changed of 7", "F d/new");
    assertThat(packed()).containsExactly("D d", "F d/changed", "F d/new", "F d/same");
  }
}
