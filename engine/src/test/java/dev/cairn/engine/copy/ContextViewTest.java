package dev.cairn.engine.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildException;
import dev.cairn.content.Node;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContextViewTest {
  private final MemoryTree source = new MemoryTree();

  // G.dir, G.negate
  @Test
  void keepsPassagesToWhatIsIncludedAgain() {
    source.file("a/b/keep", "1").file("a/b/drop", "2").file("a/c/drop", "3").file("top", "4");
    var view = view("", "a\n!a/b/keep\n");

    assertThat(paths(view)).containsExactly("", "a", "a/b", "a/b/keep", "top");
    assertThat(view.lookup("a/c")).isEmpty();
    assertThat(view.children("a/b")).extracting(Node::path).containsExactly("a/b/keep");
    assertThat(view.hiddenBy("a/c/drop")).contains(".dockerignore");
    assertThat(view.hiddenBy("never/there")).isEmpty();
  }

  // G.self
  @Test
  void leavesTheSourceReadable() throws IOException {
    source.file("Dockerfile", "FROM scratch");
    var view = view("", "Dockerfile\n");

    assertThat(view.lookup("Dockerfile")).isEmpty();
    assertThat(source.lookup("Dockerfile")).isPresent();
  }

  // contextsubdir: patterns and paths begin at the folder
  @Test
  void beginsAtTheFolder() throws IOException {
    source.file("app/src/x", "1").file("app/out/y", "2").file("other", "3").link("link", "app");
    var view = view("link", "out\n");

    assertThat(paths(view)).containsExactly("", "src", "src/x");
    try (var in = view.open(view.lookup("src/x").orElseThrow())) {
      assertThat(in.readAllBytes()).isEqualTo("1".getBytes(UTF_8));
    }
  }

  @Test
  void refusesFoldersThatAreNotThere() {
    source.file("file", "1");

    assertThatThrownBy(() -> view("gone", "")).isInstanceOf(BuildException.class);
    assertThatThrownBy(() -> view("file", "")).isInstanceOf(BuildException.class);
  }

  // C.src-escape: a link cannot lead out of the folder
  @Test
  void linksEndAtTheFolder() throws IOException {
    source.file("app/x", "1").link("app/up", "../secret").file("secret", "2");

    assertThat(view("app", "").resolve("up", true).node()).isEmpty();
  }

  private ContextView view(String folder, String ignore) {
    return ContextView.of(
        source, folder, IgnoreFile.parse(ignore.getBytes(UTF_8)), ".dockerignore");
  }

  private static List<String> paths(ContextView view) {
    var paths = new ArrayList<String>();
    view.walk("").forEach(node -> paths.add(node.path()));
    return paths;
  }
}
