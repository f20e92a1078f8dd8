package dev.cairn.engine.copy;

import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.dockerfile.ignore.GlobPattern;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the paths that a source pattern stands for. Wildcards never match across a slash. */
final class SourceGlob {
  private final FileTree tree;

  SourceGlob(FileTree tree) {
    this.tree = tree;
  }

  /**
   * The paths, in the order of a walk; a pattern without wildcards is its own path, whether it is
   * there or not.
   *
   * @throws CopyProblem if the part before the first wildcard is not there
   */
  List<String> find(String pattern) throws IOException {
    String clean = TreePath.clean(pattern);
    String[] parts = clean.split("/");
    int first = 0;
    while (first < parts.length && !GlobPattern.hasWildcard(parts[first])) {
      first++;
    }
    if (first == parts.length) {
      return List.of(clean);
    }
    String fixed = String.join("/", List.of(parts).subList(0, first));
    FileTree.Resolved base = tree.resolve(fixed, true);
    if (base.node().isEmpty()) {
      throw new NotFound(pattern);
    }
    var found = new ArrayList<String>();
    descend(base.path(), List.of(parts).subList(first, parts.length), found);
    return found;
  }

  private void descend(String directory, List<String> parts, List<String> found) {
    Optional<GlobPattern> pattern = patternOf(parts.getFirst());
    if (pattern.isEmpty()) {
      return;
    }
    for (Node child : tree.children(directory)) {
      if (!pattern.get().matches(child.name())) {
        continue;
      }
      if (parts.size() == 1) {
        found.add(child.path());
      } else if (child.isDirectory()) {
        descend(child.path(), parts.subList(1, parts.size()), found);
      }
    }
  }

  /** A malformed pattern is no error and matches nothing. */
  private static Optional<GlobPattern> patternOf(String part) {
    try {
      return Optional.of(GlobPattern.match(part));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Nothing is at a path that has to exist. */
  static final class NotFound extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotFound(String path) {
      super(path);
    }

    String path() {
      return String.valueOf(getMessage());
    }
  }
}
