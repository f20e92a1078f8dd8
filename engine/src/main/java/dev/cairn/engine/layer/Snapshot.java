package dev.cairn.engine.layer;

import dev.cairn.oci.History;
import java.util.ArrayList;
import java.util.List;

/**
 * The file tree after a step, lowest layer first.
 *
 * @param layers the layers, the newest perhaps unfinished
 * @param history of the layers, as in {@link Chain}
 */
public record Snapshot(List<LayerHandle> layers, List<History> history) {
  /** No files at all. */
  public static final Snapshot EMPTY = new Snapshot(List.of(), List.of());

  public Snapshot {
    layers = List.copyOf(layers);
    history = List.copyOf(history);
  }

  /** A finished chain. */
  public static Snapshot of(Chain chain) {
    return new Snapshot(chain.layers().stream().map(LayerHandle::of).toList(), chain.history());
  }

  /** This, with a layer on top. */
  public Snapshot plus(LayerHandle layer, List<History> since) {
    var more = new ArrayList<>(layers);
    more.add(layer);
    var longer = new ArrayList<>(history);
    longer.addAll(since);
    return new Snapshot(more, longer);
  }

  /**
   * Waits until all layers are finished.
   *
   * @throws InterruptedException if the caller was cancelled
   */
  public Chain chain() throws InterruptedException {
    var finished = new ArrayList<Layer>();
    for (LayerHandle handle : layers) {
      finished.add(handle.await());
    }
    return new Chain(finished, history);
  }
}
