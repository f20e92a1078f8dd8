package dev.cairn.engine.copy;

import dev.cairn.content.Attributes;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.content.NodeTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The destination as it looks while a plan grows: what was written so far over what is there. Each
 * question that reaches the destination itself becomes a fact.
 */
final class DestinationView {

  /**
   * Something written.
   *
   * @param file equal for the names of one file, 0 for what has one name
   */
  record Written(Node node, Optional<Origin> origin, int file) {}

  private final FileTree below;
  private final Facts facts;
  private final Map<String, Written> written = new HashMap<>();
  private final Map<String, Attributes> touched = new HashMap<>();

  /** Directories and replaced paths of which nothing below is visible. */
  private final Set<String> fresh = new HashSet<>();

  /** Paths where a directory of the destination was replaced. */
  private final Set<String> replaced = new HashSet<>();

  private final TreeSet<String> opaque = new TreeSet<>(NodeTable.ORDER);

  DestinationView(FileTree below, Facts facts) {
    this.below = below;
    this.facts = facts;
  }

  Optional<Node> lookup(String path) {
    Written own = written.get(path);
    if (own != null) {
      return Optional.of(own.node());
    }
    if (isHidden(path)) {
      return Optional.empty();
    }
    return facts.note(path, below.lookup(path));
  }

  /** Writes over what is there; a directory over a directory keeps its content. */
  void put(Node node, Optional<Origin> origin, int file) {
    String path = node.path();
    Optional<Node> old = lookup(path);
    boolean merges = node.isDirectory() && old.filter(Node::isDirectory).isPresent();
    if (!merges) {
      remove(path, old);
      fresh.add(path);
      if (node.isDirectory() && replaced.contains(path)) {
        opaque.add(path);
      }
    }
    written.put(path, new Written(node, origin, file));
  }

  /** The time of a directory that is otherwise left as it is. */
  void touch(Node directory, Attributes timeOf) {
    var attributes = directory.attributes().withMtime(timeOf.mtimeSeconds(), timeOf.mtimeNanos());
    Written own = written.get(directory.path());
    if (own != null) {
      written.put(
          directory.path(), new Written(own.node().with(attributes), own.origin(), own.file()));
    } else {
      touched.put(directory.path(), attributes);
    }
  }

  /** All that was written, with every parent directory, in the order of a layer. */
  SortedMap<String, Written> finish() {
    var all = new TreeMap<String, Written>(NodeTable.ORDER);
    all.putAll(written);
    for (String path : written.keySet()) {
      for (String up = TreePath.parent(path);
          !up.isEmpty() && !all.containsKey(up);
          up = TreePath.parent(up)) {
        String missing = up;
        Node directory =
            lookup(up)
                .filter(Node::isDirectory)
                .orElseThrow(() -> new IllegalStateException("no directory at " + missing));
        if (!touched.containsKey(up)) {
          facts.noteTime(directory);
        }
        Attributes attributes = touched.getOrDefault(up, directory.attributes());
        all.put(up, new Written(directory.with(attributes), Optional.empty(), 0));
      }
    }
    all.remove("");
    return all;
  }

  SortedSet<String> opaque() {
    return opaque;
  }

  private void remove(String path, Optional<Node> old) {
    if (old.filter(Node::isDirectory).isEmpty()) {
      return;
    }
    String prefix = path + '/';
    written.keySet().removeIf(key -> key.startsWith(prefix));
    touched.keySet().removeIf(key -> key.startsWith(prefix));
    fresh.removeIf(key -> key.startsWith(prefix));
    opaque.removeIf(key -> key.startsWith(prefix));
    opaque.remove(path);
    if (!fresh.contains(path)) {
      replaced.add(path);
    }
  }

  private boolean isHidden(String path) {
    if (path.isEmpty()) {
      return false;
    }
    for (String up = TreePath.parent(path); !up.isEmpty(); up = TreePath.parent(up)) {
      if (fresh.contains(up)) {
        return true;
      }
    }
    return false;
  }
}
