package dev.cairn.content;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A tree of nodes while it changes, in the order of {@link NodeTable}. */
public final class PathMap {

  private final TreeMap<String, Node> nodes = new TreeMap<>(NodeTable.ORDER);

  /** The node of this path. */
  public @Nullable Node get(String path) {
    return nodes.get(path);
  }

  /** Puts a node at its path. */
  public void put(Node node) {
    nodes.put(node.path(), node);
  }

  /** All nodes in order. */
  public Collection<Node> all() {
    return nodes.values();
  }

  /** Removes the node and all below it; what was removed. */
  public List<Node> removeTree(String path) {
    var gone = removeBelow(path);
    Node node = nodes.remove(path);
    if (node != null) {
      gone.add(node);
    }
    return gone;
  }

  /** Removes all below the path; what was removed. */
  public List<Node> removeBelow(String path) {
    // No name holds a NUL, and after '/' it is the lowest character.
    var below =
        path.isEmpty() ? nodes.tailMap("", false) : nodes.subMap(path, false, path + '\0', false);
    if (below.isEmpty()) {
      return new ArrayList<>();
    }
    var gone = new ArrayList<>(below.values());
    below.clear();
    return gone;
  }
}
