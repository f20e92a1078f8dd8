package dev.cairn.engine.copy;

import dev.cairn.content.Node;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Function;

/**
 * Follows symbolic links below a directory as if it were the root: absolute targets start there,
 * and {@code ..} stops there.
 */
final class LinkResolver {
  private static final int MOST_LINKS = 255;
  private static final int MOST_WAITING = 1 << 16;

  private final Function<String, Optional<Node>> lookup;

  LinkResolver(Function<String, Optional<Node>> lookup) {
    this.lookup = lookup;
  }

  /** Where the path leads, the last component followed too; what does not exist stays as it is. */
  String resolve(String root, String path) {
    var waiting = new ArrayDeque<String>();
    push(waiting, path);
    String at = "";
    int links = 0;
    while (!waiting.isEmpty()) {
      String name = waiting.pop();
      if (name.equals("..")) {
        at = TreePath.parent(at);
        continue;
      }
      String next = TreePath.join(at, name);
      Optional<Node> node = lookup.apply(TreePath.join(root, next));
      if (node.isPresent() && node.get().body() instanceof Node.Body.Symlink link) {
        if (++links > MOST_LINKS || waiting.size() > MOST_WAITING) {
          throw new CopyProblem("links", "too many symbolic links on the way to /" + path);
        }
        push(waiting, link.target());
        at = link.target().startsWith("/") ? "" : at;
        continue;
      }
      at = next;
    }
    return TreePath.join(root, at);
  }

  /** Puts the components before those that wait already. */
  private static void push(ArrayDeque<String> waiting, String path) {
    String[] parts = path.split("/");
    for (int i = parts.length - 1; i >= 0; i--) {
      if (!parts[i].isEmpty() && !parts[i].equals(".")) {
        waiting.push(parts[i]);
      }
    }
  }
}
