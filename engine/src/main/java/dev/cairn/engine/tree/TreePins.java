package dev.cairn.engine.tree;

import java.util.HashSet;
import java.util.Set;

/** The trees that one build uses; none of them is collected until it is closed. */
public final class TreePins implements AutoCloseable {
  private final TreeStore store;
  private final Set<String> names = new HashSet<>();

  TreePins(TreeStore store) {
    this.store = store;
  }

  /** Whether the name was new to this build. */
  synchronized boolean add(String name) {
    return names.add(name);
  }

  @Override
  public void close() {
    Set<String> held;
    synchronized (this) {
      held = Set.copyOf(names);
      names.clear();
    }
    store.unpin(held);
  }
}
