package dev.cairn.engine.tree;

import dev.cairn.content.FileTree;
import dev.cairn.content.layer.LayerUnpacker;
import dev.cairn.content.layer.MergedView;
import dev.cairn.content.layer.UnpackMode;
import dev.cairn.engine.layer.Chain;
import dev.cairn.engine.layer.Layer;
import dev.cairn.engine.layer.LayerHandle;
import dev.cairn.engine.layer.LayerStore;
import dev.cairn.engine.layer.Snapshot;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.namespace.Standing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The trees of chains. A self-contained layer has one tree for all chains, named by its diffID;
 * another one takes attributes from the layers below it, so it is named by its chain.
 */
public final class LayerTrees {
  private static final UnpackMode MODE = UnpackMode.of(Standing.own().kind());

  private final LayerStore layers;
  private final TreeStore trees;

  /** Trees of these layers, kept there. */
  public LayerTrees(LayerStore layers, TreeStore trees) {
    this.layers = layers;
    this.trees = trees;
  }

  /** The name of a self-contained layer's tree, for services that unpack as this one does. */
  public static String key(Layer layer) {
    return prefix() + "layer-" + layer.diffId().hex();
  }

  private static String prefix() {
    return switch (MODE) {
      case PRIVILEGED -> "";
      case RANGE -> "range-";
      case UNPRIVILEGED -> "single-";
    };
  }

  /**
   * The directories of a snapshot, lowest first; what is not unpacked yet is, side by side.
   *
   * @param pins keeps them
   */
  public List<Path> lowers(Snapshot snapshot, TreePins pins)
      throws IOException, InterruptedException {
    var tasks = new ArrayList<FutureTask<Path>>();
    for (LayerHandle handle : snapshot.layers()) {
      Callable<Path> work;
      if (handle.tree().isPresent() && !handle.layer().isDone()) {
        Path ready = handle.tree().get();
        work = () -> ready;
      } else {
        Layer layer = handle.await();
        List<LayerHandle> beneath = snapshot.layers().subList(0, snapshot.layers().indexOf(handle));
        Optional<Path> ready = handle.tree();
        work = () -> ready.isPresent() ? ready.get() : tree(layer, beneath, pins);
      }
      var task = new FutureTask<>(work);
      tasks.add(task);
      Thread.ofVirtual().name("unpack").start(task);
    }
    var paths = new ArrayList<Path>();
    try {
      for (FutureTask<Path> task : tasks) {
        paths.add(task.get());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw dev.cairn.engine.cache.SharedWork.unwrapped(e);
    } finally {
      tasks.forEach(task -> task.cancel(true));
    }
    return distinct(paths);
  }

  /**
   * Overlay refuses a directory that stands twice, and two steps that did the same share one. The
   * highest says all that the lower ones do.
   */
  private static List<Path> distinct(List<Path> lowestFirst) {
    return List.copyOf(new LinkedHashSet<>(lowestFirst.reversed())).reversed();
  }

  /** The merged files of a chain, read from the disk where a layer is unpacked. */
  public FileTree readable(List<Layer> chain, TreePins pins) throws IOException {
    MergedView view = layers.view(chain);
    var roots = new ArrayList<Optional<Path>>();
    for (int i = 0; i < chain.size(); i++) {
      roots.add(trees.find(name(chain.subList(0, i + 1)), pins));
    }
    return roots.stream().anyMatch(Optional::isPresent) ? new UnpackedView(view, roots) : view;
  }

  private Path tree(Layer layer, List<LayerHandle> beneath, TreePins pins)
      throws IOException, InterruptedException {
    if (layer.selfContained()) {
      return trees.make(key(layer), pins, to -> unpack(layer, List.of(), to));
    }
    var chain = new ArrayList<Layer>();
    for (LayerHandle handle : beneath) {
      chain.add(handle.await());
    }
    var whole = new ArrayList<>(chain);
    whole.add(layer);
    return trees.make(name(whole), pins, to -> unpack(layer, chain, to));
  }

  private static String name(List<Layer> chain) {
    Layer top = chain.getLast();
    return top.selfContained()
        ? key(top)
        : prefix() + "chain-" + new Chain(chain, List.of()).chainId().hex();
  }

  private void unpack(Layer layer, List<Layer> below, Path to) throws IOException {
    try (var directory = Directory.open(to)) {
      var unpacker = new LayerUnpacker(directory, MODE);
      layers.replay(layer, unpacker);
      unpacker.finish(layers.content(layer).index(), layers.view(below));
    }
  }
}
