package dev.cairn.engine.copy;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.content.ContentException;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.content.Xattrs;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A build context: the files below a folder of a source, without those that the ignore file leaves
 * out. Everything belongs to root and has no extended attributes, because a client's own owners
 * mean nothing in an image. Nothing is copied; the source stays open while the view is used and is
 * closed by whoever opened it.
 */
public final class ContextView implements FileTree {
  private final FileTree source;
  private final String folder;
  private final IgnoreFile ignored;
  private final String ignoredBy;

  /** Whether an excluded directory has something visible in it. */
  private final Map<String, Boolean> passages = new ConcurrentHashMap<>();

  private ContextView(FileTree source, String folder, IgnoreFile ignored, String ignoredBy) {
    this.source = source;
    this.folder = folder;
    this.ignored = ignored;
    this.ignoredBy = ignoredBy;
  }

  /**
   * The view.
   *
   * @param folder path in the source; "" is its root. Links are followed inside the source
   * @param ignored paths that are left out, from the folder
   * @param ignoredBy the name of the file that says so, such as {@code .dockerignore}
   * @throws BuildException of kind INPUT if there is no such folder
   */
  public static ContextView of(
      FileTree source, String folder, IgnoreFile ignored, String ignoredBy) {
    try {
      FileTree.Resolved found = source.resolve(folder, true);
      if (found.node().filter(Node::isDirectory).isEmpty()) {
        throw BuildException.of(FailureKind.INPUT, "context-folder")
            .remedy("Name a folder that is in the source, or leave it out.")
            .sentence("The context folder '" + folder + "' is not in the source.");
      }
      return new ContextView(source, found.path(), ignored, ignoredBy);
    } catch (ContentException e) {
      throw BuildException.of(FailureKind.INPUT, "context-folder")
          .cause(e)
          .sentence("The context folder cannot be used: " + e.getMessage() + ".");
    }
  }

  /** Why a path is not seen although it is in the source: the ignore file's name. */
  public Optional<String> hiddenBy(String path) {
    return source.lookup(inSource(path)).isPresent() && lookup(path).isEmpty()
        ? Optional.of(ignoredBy)
        : Optional.empty();
  }

  @Override
  public Optional<Node> lookup(String path) {
    return source
        .lookup(inSource(path))
        .map(this::shown)
        .filter(node -> path.isEmpty() || isVisible(node));
  }

  @Override
  public List<Node> children(String path) {
    var found = new ArrayList<Node>();
    for (Node child : source.children(inSource(path))) {
      Node node = shown(child);
      if (isVisible(node)) {
        found.add(node);
      }
    }
    return found;
  }

  @Override
  public Iterable<Node> walk(String path) {
    return () -> new Walk(source.walk(inSource(path)).iterator());
  }

  @Override
  public InputStream open(Node file) throws IOException {
    return source.open(file.at(inSource(file.path())));
  }

  /** Does nothing: the source is not this view's. */
  @Override
  public void close() {}

  private boolean isVisible(Node node) {
    if (!ignored.excludes(node.path())) {
      return true;
    }
    if (!node.isDirectory() || ignored.canPrune(node.path())) {
      return false;
    }
    Boolean known = passages.get(node.path());
    if (known == null) {
      known = hasVisibleContent(node.path());
      passages.put(node.path(), known);
    }
    return known;
  }

  private boolean hasVisibleContent(String directory) {
    for (Node below : source.walk(inSource(directory))) {
      String path = fromSource(below.path());
      if (!path.equals(directory) && !ignored.excludes(path)) {
        return true;
      }
    }
    return false;
  }

  private Node shown(Node node) {
    return new Node(
        fromSource(node.path()),
        node.attributes().withOwner(0, 0).withXattrs(Xattrs.NONE),
        node.body());
  }

  private String inSource(String path) {
    return TreePath.join(folder, path);
  }

  private String fromSource(String path) {
    return folder.isEmpty()
        ? path
        : path.length() == folder.length() ? "" : path.substring(folder.length() + 1);
  }

  /** Walks the source and passes over what is left out, whole directories at once. */
  private final class Walk implements Iterator<Node> {
    private final Iterator<Node> all;
    private String skipped = "";
    private Optional<Node> next;

    Walk(Iterator<Node> all) {
      this.all = all;
      this.next = advance();
    }

    @Override
    public boolean hasNext() {
      return next.isPresent();
    }

    @Override
    public Node next() {
      Node node = next.orElseThrow();
      next = advance();
      return node;
    }

    private Optional<Node> advance() {
      while (all.hasNext()) {
        Node node = shown(all.next());
        if (!skipped.isEmpty() && node.path().startsWith(skipped)) {
          continue;
        }
        if (node.path().isEmpty() || isVisible(node)) {
          return Optional.of(node);
        }
        if (node.isDirectory()) {
          skipped = node.path() + '/';
        }
      }
      return Optional.empty();
    }
  }
}
