package dev.cairn.content;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * An immutable, sorted table of nodes, one per path. Its order puts {@code /} before every other
 * character, so a directory is followed directly by all that is below it.
 */
public final class NodeTable implements Iterable<Node> {

  /** The order of paths: {@code /} first, then by character. */
  public static final Comparator<String> ORDER = NodeTable::compare;

  private final Node[] nodes;

  private NodeTable(Node[] sorted) {
    this.nodes = sorted;
  }

  /** The table of these nodes. Two of one path are an error of the caller. */
  public static NodeTable of(Collection<Node> nodes) {
    Node[] sorted = nodes.toArray(Node[]::new);
    Arrays.sort(sorted, Comparator.comparing(Node::path, ORDER));
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i].path().equals(sorted[i - 1].path())) {
        throw new IllegalArgumentException("two nodes of one path: " + sorted[i].path());
      }
    }
    return new NodeTable(sorted);
  }

  /** How many nodes there are. */
  public int size() {
    return nodes.length;
  }

  /** The node of this path. */
  public Optional<Node> lookup(String path) {
    int index = indexOf(path);
    return index < 0 ? Optional.empty() : Optional.of(nodes[index]);
  }

  /** The nodes directly below this path, in order. */
  public List<Node> children(String path) {
    var found = new ArrayList<Node>();
    int index = startBelow(path);
    int prefix = path.isEmpty() ? 0 : path.length() + 1;
    while (index < nodes.length && isBelow(nodes[index].path(), path)) {
      Node node = nodes[index];
      int slash = node.path().indexOf('/', prefix);
      if (slash < 0) {
        found.add(node);
        index++;
      }
      index = skip(slash < 0 ? node.path() : node.path().substring(0, slash), index);
    }
    return found;
  }

  /** This path's node, if there is one, and all below it. */
  public List<Node> walk(String path) {
    int index = indexOf(path);
    int from = index < 0 ? -index - 1 : index;
    int to = path.isEmpty() ? nodes.length : skip(path, index < 0 ? from : index + 1);
    return Collections.unmodifiableList(Arrays.asList(nodes).subList(from, to));
  }

  @Override
  public Iterator<Node> iterator() {
    return walk("").iterator();
  }

  /** The index of the first node at or after {@code from} that is not below the path. */
  private int skip(String path, int from) {
    if (from >= nodes.length || !isBelow(nodes[from].path(), path)) {
      return from;
    }
    // No name holds a NUL, and after '/' it is the lowest character.
    int index = indexOf(path + '\0');
    return index < 0 ? -index - 1 : index;
  }

  private int startBelow(String path) {
    int index = indexOf(path);
    return index < 0 ? -index - 1 : index + 1;
  }

  private static boolean isBelow(String path, String directory) {
    return directory.isEmpty()
        ? !path.isEmpty()
        : path.length() > directory.length()
            && path.charAt(directory.length()) == '/'
            && path.startsWith(directory);
  }

  private int indexOf(String path) {
    int low = 0;
    int high = nodes.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = compare(nodes[middle].path(), path);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  private static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return x == '/' ? -1 : y == '/' ? 1 : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
