package dev.cairn.content;

import java.util.ArrayDeque;
import java.util.Optional;

/** Walks a path through a tree and follows symbolic links inside it. */
final class LinkWalk {

  private static final int MAX_LINKS = 255;
  private static final int MAX_PENDING = 1 << 16;

  private final FileTree tree;

  LinkWalk(FileTree tree) {
    this.tree = tree;
  }

  FileTree.Resolved resolve(String path, boolean followLast) throws ContentException {
    var pending = new ArrayDeque<String>();
    push(pending, path);
    String at = "";
    Optional<Node> node = tree.lookup("");
    int links = 0;
    while (!pending.isEmpty()) {
      String name = pending.pop();
      if (name.equals("..")) {
        at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
        node = tree.lookup(at);
        continue;
      }
      String next = at.isEmpty() ? name : at + '/' + name;
      node = tree.lookup(next);
      if (node.isPresent()
          && node.get().body() instanceof Node.Body.Symlink link
          && (followLast || !pending.isEmpty())) {
        if (++links > MAX_LINKS || pending.size() > MAX_PENDING) {
          throw new ContentException(
              "more than " + MAX_LINKS + " symbolic links on the way to '" + path + "'");
        }
        push(pending, link.target());
        at = link.target().startsWith("/") ? "" : at;
        node = tree.lookup(at);
        continue;
      }
      at = next;
    }
    return new FileTree.Resolved(at, node);
  }

  /** Puts the components of the path before those that wait already. */
  private static void push(ArrayDeque<String> pending, String path) {
    int end = path.length();
    while (end > 0) {
      int start = path.lastIndexOf('/', end - 1) + 1;
      String name = path.substring(start, end);
      if (!name.isEmpty() && !name.equals(".")) {
        pending.push(name);
      }
      end = start - 1;
    }
  }
}
