package dev.cairn.engine.layer;

import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.oci.Digest;
import dev.cairn.oci.History;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All layers of a file tree, lowest first, with the history that made them. A cache hit takes a
 * whole chain: layers of two histories are never mixed.
 *
 * @param layers the layers
 * @param history one entry per layer, and entries without a layer between them
 */
public record Chain(List<Layer> layers, List<History> history) {
  /** {@code FROM scratch}. */
  public static final Chain EMPTY = new Chain(List.of(), List.of());

  public Chain {
    layers = List.copyOf(layers);
    history = List.copyOf(history);
  }

  /** The chain with another layer and the history up to it. */
  public Chain plus(Layer layer, List<History> since) {
    var more = new ArrayList<>(layers);
    more.add(layer);
    var longer = new ArrayList<>(history);
    longer.addAll(since);
    return new Chain(more, longer);
  }

  /**
   * The chain with the history that the present file tells, if that one speaks of as many layers;
   * times stay those of the layers.
   */
  public Chain toldBy(List<History> planned) {
    long told = planned.stream().filter(entry -> !entry.emptyLayer()).count();
    return told == layers.size() ? new Chain(layers, dated(planned)) : this;
  }

  private List<History> dated(List<History> entries) {
    var dated = new ArrayList<History>();
    int layer = 0;
    for (History entry : entries) {
      if (entry.emptyLayer() || layer >= layers.size()) {
        dated.add(entry);
      } else {
        var created = layers.get(layer++).created();
        dated.add(created.isPresent() ? entry.withCreated(created) : entry);
      }
    }
    return dated;
  }

  /** The digest that names the chain of diffIDs (OCI image specification, "Layer ChainID"). */
  public Digest chainId() {
    Digest.Hasher hasher = Digest.newHasher();
    layers.forEach(layer -> hasher.update(layer.diffId().bytes()));
    return hasher.finish();
  }

  /** The rung of the worst shut in of the commands that made it; absent if none did. */
  public Optional<IsolationRung> rung() {
    return layers.stream().flatMap(layer -> layer.rung().stream()).min(Comparator.naturalOrder());
  }

  /** Every blob the chain needs: layers and their indexes. */
  public Set<Digest> blobs() {
    var all = new LinkedHashSet<Digest>();
    for (Layer layer : layers) {
      all.add(layer.blob().digest());
      all.add(layer.index());
    }
    return all;
  }
}
