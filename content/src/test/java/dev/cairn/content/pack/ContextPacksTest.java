package dev.cairn.content.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.content.ArchiveException;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.ContentException;
import dev.cairn.content.FileTree;
import dev.cairn.content.FileType;
import dev.cairn.content.LimitExceededException;
import dev.cairn.content.Node;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.content.tar.Device;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import dev.cairn.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextPacksTest {

  private static final Attributes PLAIN = Attributes.of(0644);

  @TempDir Path directory;
  private LocalBlobStore store;
  private ContextPacks packs;

  @BeforeEach
  void openStore() throws IOException {
    store = new LocalBlobStore(directory);
    packs = new ContextPacks(store, ArchiveLimits.DEFAULT);
  }

  private static final class Archive {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final TarWriter writer = new TarWriter(TarSink.of(out), false);

    Archive file(String path, String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      writer.add(TarEntry.file(path, PLAIN, bytes.length), new ByteArrayInputStream(bytes));
      return this;
    }

    Archive add(TarEntry entry) throws IOException {
      writer.add(entry);
      return this;
    }

    InputStream stream() throws IOException {
      writer.finish();
      return new ByteArrayInputStream(out.toByteArray());
    }
  }

  private static String text(FileTree tree, String path) throws IOException {
    try (var in = tree.open(tree.lookup(path).orElseThrow())) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> paths(FileTree tree, String from) {
    return StreamSupport.stream(tree.walk(from).spliterator(), false).map(Node::path).toList();
  }

  @Test
  void keepsATreeWithItsContents() throws IOException {
    var archive =
        new Archive()
            .file("./b/deep/er", "one")
            .add(TarEntry.directory("b", Attributes.of(0700)))
            .file("b-", "two")
            .file("twice", "first")
            .file("twice", "last")
            .add(TarEntry.symlink("link", PLAIN, "../../etc/passwd"))
            .add(TarEntry.hardLink("hard", PLAIN, "./twice"))
            .add(TarEntry.special("dev", FileType.BLOCK_DEVICE, PLAIN, new Device(8, 1)));
    Digest id;
    try (var pack = packs.read(archive.stream())) {
      id = pack.id();
    }
    try (var pack = packs.open(id)) {
      assertThat(paths(pack, ""))
          .containsExactly("", "b", "b/deep", "b/deep/er", "b-", "dev", "hard", "link", "twice");
      assertThat(paths(pack, "b")).containsExactly("b", "b/deep", "b/deep/er");
      assertThat(pack.children(""))
          .extracting(Node::path)
          .containsExactly("b", "b-", "dev", "hard", "link", "twice");
      assertThat(pack.lookup("b").orElseThrow().attributes().mode()).isEqualTo(0700);
      assertThat(text(pack, "b/deep/er")).isEqualTo("one");
      assertThat(text(pack, "twice")).isEqualTo("last");
      assertThat(text(pack, "hard")).isEqualTo("last");
      assertThat(pack.lookup("hard").orElseThrow().body())
          .isEqualTo(pack.lookup("twice").orElseThrow().body());
      assertThat(pack.lookup("b-").orElseThrow().body())
          .isInstanceOfSatisfying(
              Node.Body.File.class,
              file ->
                  assertThat(file.digest())
                      .isEqualTo(Digest.sha256("two".getBytes(StandardCharsets.UTF_8))));
      assertThat(pack.resolve("link", true).path()).isEqualTo("etc/passwd");
    }
    try (var files = Files.list(directory.resolve("blobs/sha256"))) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void refusesEveryWayOut() throws IOException {
    var names = new ArrayList<String>();
    for (int i = 1; i <= 25; i++) {
      for (String start : new String[] {"", "/", "./", "a/", "a/./", "//"}) {
        String down = start.startsWith("a") ? "../" : "";
        names.add(start + down + "../".repeat(i) + "etc/passwd");
        names.add(start + down + "./../".repeat(i));
      }
    }
    assertThat(names).hasSizeGreaterThan(250);
    for (String name : names) {
      for (var archive :
          List.of(
              new Archive().file("a/x", "").file(name, "bad"),
              new Archive().file("a/x", "").add(TarEntry.hardLink("h", PLAIN, name)))) {
        assertThatThrownBy(() -> packs.read(archive.stream()))
            .as(name)
            .isInstanceOf(ArchiveException.class)
            .hasMessageContaining("leads out of the archive's root");
      }
    }
    try (var left = Files.list(directory.resolve("blobs/sha256"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void refusesLinksToNothingAndToDirectories() {
    assertRefused(
        new Archive(), TarEntry.hardLink("h", PLAIN, "missing"), "not in the archive so far");
    assertRefused(new Archive(), TarEntry.hardLink("h", PLAIN, "h"), "itself");
    assertRefused(new Archive(), TarEntry.hardLink("d/h", PLAIN, "."), "hard link to the root");
    assertRefused(new Archive(), TarEntry.file("..", PLAIN, 0), "leads out");
    assertRefused(new Archive(), TarEntry.file(".", PLAIN, 0), "must be a directory");
    assertRefused(new Archive(), TarEntry.file("n".repeat(256), PLAIN, 0), "255");
  }

  private void assertRefused(Archive archive, TarEntry entry, String message) {
    assertThatThrownBy(() -> packs.read(archive.add(entry).stream()))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining(message);
  }

  @Test
  void stopsAtDepthAndLength() {
    assertThatThrownBy(() -> packs.read(new Archive().file("d/".repeat(300) + "f", "").stream()))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("256 components");
    assertThatThrownBy(() ->
            packs.read(new Archive().file(("d".repeat(200) + "/").repeat(30) + "f", "").stream()))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("4096 bytes in a path");
  }

  @Test
  void replacesALinkByWhatLiesBelowItsName() throws IOException {
    var archive = new Archive().add(TarEntry.symlink("a", PLAIN, "/etc")).file("a/passwd", "mine");
    try (var pack = packs.read(archive.stream())) {
      assertThat(pack.lookup("a").orElseThrow().type()).isEqualTo(FileType.DIRECTORY);
      assertThat(text(pack, "a/passwd")).isEqualTo("mine");
    }
  }

  @Test
  void uploadsOnlyWhatChanged() throws IOException {
    var archive = new Archive();
    var entries = new ArrayList<ContextManifest.Entry>();
    for (int i = 0; i < 2000; i++) {
      String text = "content " + i;
      archive.file("src/f" + i, text);
      entries.add(manifestEntry("src/f" + i, text));
    }
    PackIndex first;
    try (var pack = packs.read(archive.stream())) {
      first = pack.index();
    }
    entries.set(7, manifestEntry("src/f7", "changed"));
    entries.add(new ContextManifest.Entry(TarEntry.symlink("l", PLAIN, "src"), Optional.empty()));
    entries.add(manifestEntry("empty", ""));
    var manifest = new ContextManifest(entries);
    Digest changed = Digest.sha256("changed".getBytes(StandardCharsets.UTF_8));
    var none = new KnownContents(store, List.of(), digest -> false);
    var known = new KnownContents(store, List.of(first), changed::equals);
    assertThat(packs.missing(manifest, none)).hasSize(2000);
    assertThat(packs.missing(manifest, known)).containsExactly(changed);
    assertThatThrownBy(() -> packs.assemble(manifest, known))
        .isInstanceOf(ContentException.class)
        .hasMessageContaining("src/f7");
    store.put("changed".getBytes(StandardCharsets.UTF_8));
    assertThat(packs.missing(manifest, known)).isEmpty();
    try (var pack = packs.assemble(manifest, known)) {
      assertThat(text(pack, "src/f7")).isEqualTo("changed");
      assertThat(text(pack, "src/f8")).isEqualTo("content 8");
      assertThat(text(pack, "empty")).isEmpty();
      assertThat(pack.index().parts()).hasSize(2).contains(first.parts().get(0));
    }
  }

  private static ContextManifest.Entry manifestEntry(String path, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new ContextManifest.Entry(
        TarEntry.file(path, PLAIN, bytes.length), Optional.of(Digest.sha256(bytes)));
  }
}
