package dev.cairn.content.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.content.ContentException;
import dev.cairn.content.FileType;
import dev.cairn.content.Node;
import dev.cairn.content.blob.LocalBlobStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergedViewTest {

  @TempDir Path directory;
  private LocalBlobStore store;

  @BeforeEach
  void openStore() throws IOException {
    store = new LocalBlobStore(directory);
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only passed on
  private final MergedView view(List<String>... layers) throws IOException {
    return MergedView.of(LayerFixture.chain(store, List.of(layers)), store);
  }

  private static List<String> paths(MergedView view) {
    return StreamSupport.stream(view.walk("").spliterator(), false)
        .map(Node::path)
        .skip(1)
        .toList();
  }

  private static String text(MergedView view, String path) throws IOException {
    try (var in = view.open(view.lookup(path).orElseThrow())) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void hidesWhatWhiteoutsAndOpaqueMarksSay() throws IOException {
    var view =
        view(
            List.of("a/", "a/x=1", "a/y=2", "b/", "b/x=3", "c=4"),
            List.of("a/", "a/.wh.x", "b/", "b/new=5", "b/.wh..wh..opq", ".wh.c"));
    assertThat(paths(view)).containsExactly("a", "a/y", "b", "b/new");
    assertThat(text(view, "b/new")).isEqualTo("5");
    assertThat(text(view, "a/y")).isEqualTo("2");
  }

  @Test
  void letsMarksHideLowerLayersOnly() throws IOException {
    var view =
        view(
            List.of("a=1", "d/", "d/old=2"),
            List.of("a=3", ".wh.a", "d/", "d/new=4", "d/.wh..wh..opq", ".wh.d"));
    assertThat(paths(view)).containsExactly("a", "d", "d/new");
    assertThat(text(view, "a")).isEqualTo("3");
  }

  @Test
  void takesAttributesOfImpliedDirectoriesFromBelow() throws IOException {
    var view = view(List.of("x=", "tmp/", "etc/"), List.of("tmp/f=1", "new/f=2"));
    assertThat(view.lookup("tmp").orElseThrow().attributes().mode()).isEqualTo(0701);
    assertThat(view.lookup("new").orElseThrow().attributes().mode()).isEqualTo(0755);
    assertThat(view.layers().get(0).index().isSelfContained()).isTrue();
    assertThat(view.layers().get(1).index().isSelfContained()).isFalse();
  }

  @Test
  void findsHardLinksOfLowerLayers() throws IOException {
    var view = view(List.of("a=one", "b=>a"), List.of("c=>a", "d=>b"), List.of("e=>c", ".wh.a"));
    assertThat(paths(view)).containsExactly("b", "c", "d", "e");
    assertThat(text(view, "e")).isEqualTo("one");
    for (String path : List.of("c", "d", "e")) {
      assertThat(view.lookup(path).orElseThrow().body())
          .isEqualTo(view.lookup("b").orElseThrow().body());
    }
    assertThatThrownBy(() -> view(List.of("a=>missing")))
        .hasMessageContaining("hard link to nothing");
  }

  @Test
  void groupsAFileAndItsLaterLinks() throws IOException {
    var view = view(List.of("a=one"), List.of("b=>a", "c=>a"));
    var body = (Node.Body.File) view.lookup("a").orElseThrow().body();
    assertThat(body.linkGroup()).isPositive();
    assertThat(view.lookup("b").orElseThrow().body()).isEqualTo(body);
    assertThat(view.lookup("c").orElseThrow().body()).isEqualTo(body);
  }

  @Test
  void replacesALowerLinkByWhatLiesBelowItsName() throws IOException {
    var view = view(List.of("real/", "real/x=1", "link->real"), List.of("link/y=2"));
    assertThat(paths(view)).containsExactly("link", "link/y", "real", "real/x");
    assertThat(view.lookup("link").orElseThrow().type()).isEqualTo(FileType.DIRECTORY);
  }

  @Test
  void replacesDirectoriesByFilesAndBack() throws IOException {
    var view = view(List.of("a/", "a/x=1", "b=2"), List.of("a=3", "b/", "b/y=4"), List.of("a/z=5"));
    assertThat(paths(view)).containsExactly("a", "a/z", "b", "b/y");
  }

  @Test
  void countsTheLastOfEqualNames() throws IOException {
    var view = view(List.of("a=1", "d/", "d/x=2", "a=3", "d->e"));
    assertThat(paths(view)).containsExactly("a", "d");
    assertThat(text(view, "a")).isEqualTo("3");
  }

  @Test
  void followsLinksInsideTheRootOnly() throws IOException {
    var view =
        view(
            List.of(
                "etc/",
                "etc/passwd=root",
                "up->../../../etc",
                "abs->/etc",
                "loop->loop",
                "to->abs/passwd"));
    assertThat(view.resolve("up/passwd", true).path()).isEqualTo("etc/passwd");
    assertThat(view.resolve("/abs/../abs/passwd", true).path()).isEqualTo("etc/passwd");
    assertThat(view.resolve("to", false).path()).isEqualTo("to");
    assertThat(view.resolve("abs/new/file", true).path()).isEqualTo("etc/new/file");
    assertThat(view.resolve("abs/new/file", true).node()).isEmpty();
    assertThatThrownBy(() -> view.resolve("loop", true)).isInstanceOf(ContentException.class);
  }

  @Test
  void knowsTheAccountFiles() throws IOException {
    var view =
        view(
            List.of("etc/", "etc/passwd=root:x:0:0", "etc/group=root:x:0:"),
            List.of("etc/group=changed"));
    assertThat(view.accounts("etc/passwd"))
        .hasValueSatisfying(bytes -> assertThat(bytes).asString().isEqualTo("root:x:0:0"));
    assertThat(view.accounts("etc/group"))
        .hasValueSatisfying(bytes -> assertThat(bytes).asString().isEqualTo("changed"));
    assertThat(view.accounts("etc/shadow")).isEmpty();
  }
}
