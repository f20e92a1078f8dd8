package dev.cairn.engine.copy;

import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.dockerfile.ignore.GlobPattern;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the matches of one operation. */
final class Selector {
  private final CopyOperation operation;
  private final FileTree source;
  private final Map<CopySource.Url, InlineTree> downloads;
  private final IgnoreFile excluded;

  Selector(CopyOperation operation, FileTree source, Map<CopySource.Url, InlineTree> downloads) {
    this.operation = operation;
    this.source = source;
    this.downloads = downloads;
    this.excluded = patterns(operation.excludes());
  }

  List<Match> select() throws IOException {
    var matches = new ArrayList<Match>();
    for (CopySource from : operation.sources()) {
      switch (from) {
        case CopySource.Files files when operation.parents() -> addWithParents(files, matches);
        case CopySource.Files files -> addFiles(files, matches);
        case CopySource.Inline inline ->
            matches.add(single(InlineTree.of(inline.name(), inline.content()), false));
        case CopySource.Url url -> {
          InlineTree file = downloads.get(url);
          if (file == null) {
            throw new IllegalStateException("not fetched: " + url.name());
          }
          matches.add(single(file, url.unpack()));
        }
      }
    }
    return matches;
  }

  private void addFiles(CopySource.Files files, List<Match> matches) throws IOException {
    try {
      for (String path : new SourceGlob(source).find(files.pattern())) {
        Node top = existing(path, files.pattern());
        matches.add(
            new Match(
                source, TreePath.name(path), items(top, Optional.empty()), true, files.unpack()));
      }
    } catch (SourceGlob.NotFound e) {
      throw notFound(e.path());
    }
  }

  /** {@code --parents}: everything that the pattern selects below the root or the {@code /./}. */
  private void addWithParents(CopySource.Files files, List<Match> matches) throws IOException {
    int pivot = files.pattern().indexOf("/./");
    String base = pivot < 0 ? "/" : files.pattern().substring(0, pivot);
    String kept =
        TreePath.clean(pivot < 0 ? files.pattern() : files.pattern().substring(pivot + 3));
    if (!GlobPattern.hasWildcard(base) && !GlobPattern.hasWildcard(kept)) {
      existing(TreePath.join(TreePath.clean(base), kept), files.pattern());
    }
    try {
      for (String path : new SourceGlob(source).find(base)) {
        Node top = existing(path, files.pattern());
        Optional<IgnoreFile> wanted =
            kept.isEmpty() ? Optional.empty() : Optional.of(patterns(List.of(kept)));
        matches.add(
            new Match(source, TreePath.name(path), items(top, wanted), true, files.unpack()));
      }
    } catch (SourceGlob.NotFound e) {
      throw notFound(e.path());
    }
  }

  private static IgnoreFile patterns(List<String> patterns) {
    try {
      return IgnoreFile.ofPatterns(patterns);
    } catch (IllegalArgumentException e) {
      throw new CopyProblem("pattern", "a pattern of the copy is malformed: " + e.getMessage());
    }
  }

  private static Match single(InlineTree tree, boolean unpack) {
    Node file = tree.file();
    return new Match(tree, file.path(), List.of(new Match.Item("", file, false)), false, unpack);
  }

  private Node existing(String path, String pattern) throws IOException {
    return source.resolve(path, true).node().orElseThrow(() -> notFound(pattern));
  }

  /**
   * The node and what is below it. A directory that is not wanted itself comes along, as implied,
   * if something below it is.
   */
  private List<Match.Item> items(Node top, Optional<IgnoreFile> include) {
    if (!top.isDirectory()) {
      return List.of(new Match.Item("", Selection.kept(top), false));
    }
    var items = new ArrayList<Match.Item>();
    var waiting = new ArrayDeque<Match.Item>();
    String skipped = "";
    int prefix = top.path().isEmpty() ? 0 : top.path().length() + 1;
    for (Node found : source.walk(top.path())) {
      String relative =
          found.path().length() <= top.path().length() ? "" : found.path().substring(prefix);
      if (!skipped.isEmpty() && relative.startsWith(skipped)) {
        continue;
      }
      Node node = Selection.kept(found);
      boolean out = !relative.isEmpty() && excluded.excludes(relative);
      boolean wanted =
          relative.isEmpty()
              || (!out && include.map(pattern -> pattern.excludes(relative)).orElse(true));
      while (!waiting.isEmpty() && !relative.startsWith(waiting.peekLast().relative() + '/')) {
        waiting.removeLast();
      }
      if (wanted) {
        items.addAll(waiting);
        waiting.clear();
        items.add(new Match.Item(relative, node, false));
      } else if (node.isDirectory()) {
        if (out && excluded.canPrune(relative)) {
          skipped = relative + '/';
        } else {
          waiting.addLast(new Match.Item(relative, node, true));
        }
      }
    }
    return items;
  }

  private CopyProblem notFound(String path) {
    String shown = "\"" + (path.startsWith("/") ? path : "/" + path) + "\": not found";
    Optional<String> hidden =
        source instanceof ContextView view ? view.hiddenBy(TreePath.clean(path)) : Optional.empty();
    return hidden
        .map(by ->
            new CopyProblem(
                "not-found",
                shown + ": it is excluded by " + by,
                "Remove the pattern from the ignore file, or re-include the path with '!'."))
        .orElseGet(() ->
            new CopyProblem(
                "not-found",
                shown,
                "Check the path; it is relative to the root of the "
                    + (source instanceof ContextView ? "build context." : "copied stage.")));
  }
}
