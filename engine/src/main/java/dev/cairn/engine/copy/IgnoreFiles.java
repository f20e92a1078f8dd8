package dev.cairn.engine.copy;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import java.io.IOException;
import java.util.Optional;

/** Finds the ignore file of a context and makes the view of it. */
public final class IgnoreFiles {
  private static final int MOST_BYTES = (1 << 20) + 1;

  private IgnoreFiles() {}

  /**
   * The context as COPY sees it. {@code <Dockerfile>.dockerignore} beside the Dockerfile counts
   * alone; else {@code .dockerignore} at the root of the context.
   *
   * @param source the whole source
   * @param folder the context's folder in it
   * @param dockerfile path of the Dockerfile in the source, if it is one of its files
   * @throws BuildException of kind INPUT if there is no such folder or a pattern is malformed
   */
  public static ContextView view(FileTree source, String folder, Optional<String> dockerfile) {
    try {
      if (dockerfile.isPresent()) {
        String specific = dockerfile.get() + ".dockerignore";
        Optional<IgnoreFile> found = read(source, specific);
        if (found.isPresent()) {
          return ContextView.of(source, folder, found.get(), specific);
        }
      }
      var all = ContextView.of(source, folder, IgnoreFile.NONE, "");
      String name = ".dockerignore";
      return read(all, name)
          .map(ignored -> ContextView.of(source, folder, ignored, name))
          .orElse(all);
    } catch (IOException e) {
      throw BuildException.of(FailureKind.SOURCE, "ignore-file")
          .cause(e)
          .sentence("The ignore file cannot be read: " + e.getMessage() + ".");
    }
  }

  private static Optional<IgnoreFile> read(FileTree tree, String path) throws IOException {
    Optional<Node> file = tree.resolve(path, true).node();
    if (file.isEmpty() || !(file.get().body() instanceof Node.Body.File)) {
      return Optional.empty();
    }
    try (var in = tree.open(file.get())) {
      return Optional.of(IgnoreFile.parse(in.readNBytes(MOST_BYTES)));
    } catch (IllegalArgumentException e) {
      throw BuildException.of(FailureKind.INPUT, "ignore")
          .at(path)
          .cause(e)
          .remedy("Correct the pattern.")
          .sentence("Error in " + path + ": " + e.getMessage() + ".");
    }
  }
}
