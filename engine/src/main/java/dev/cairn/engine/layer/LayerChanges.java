package dev.cairn.engine.layer;

import dev.cairn.content.Node;
import dev.cairn.content.NodeTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Names the files in which two layers of one step differ, to explain a miss. */
public final class LayerChanges {
  private static final int MOST = 500;

  private final LayerStore store;

  /** Compares layers of this store by their indexes. */
  public LayerChanges(LayerStore store) {
    this.store = store;
  }

  /** Each path that differs, with what happened to it; empty if an index is gone. */
  public List<String> between(Layer before, Layer now) {
    NodeTable old;
    NodeTable fresh;
    try {
      old = store.content(before).index().nodes();
      fresh = store.content(now).index().nodes();
    } catch (IOException e) {
      return List.of();
    }
    var changes = new ArrayList<String>();
    for (Node node : fresh) {
      var earlier = old.lookup(node.path());
      if (earlier.isEmpty()) {
        changes.add(node.path() + " (new)");
      } else if (!same(earlier.get(), node)) {
        changes.add(node.path());
      }
      if (changes.size() == MOST) {
        return changes;
      }
    }
    for (Node node : old) {
      if (changes.size() < MOST && fresh.lookup(node.path()).isEmpty()) {
        changes.add(node.path() + " (gone)");
      }
    }
    return changes;
  }

  private static boolean same(Node a, Node b) {
    boolean attributes =
        a.attributes().mode() == b.attributes().mode()
            && a.attributes().uid() == b.attributes().uid()
            && a.attributes().gid() == b.attributes().gid();
    if (!attributes || a.type() != b.type()) {
      return false;
    }
    if (a.body() instanceof Node.Body.File x && b.body() instanceof Node.Body.File y) {
      return x.digest().equals(y.digest());
    }
    return a.body().equals(b.body());
  }
}
