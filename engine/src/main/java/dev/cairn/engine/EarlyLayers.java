package dev.cairn.engine;

import dev.cairn.build.BuildSink;
import dev.cairn.engine.graph.TaskGroup;
import dev.cairn.engine.layer.Layer;
import dev.cairn.engine.layer.LayerHandle;
import dev.cairn.engine.layer.Snapshot;
import dev.cairn.engine.step.Node;
import dev.cairn.oci.Digest;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;

/**
 * Tells of each layer of the final image as soon as it is ready, so that its push begins while
 * later steps run. A step's failure still ends the build; then what was told is in vain.
 */
final class EarlyLayers implements BiConsumer<Node, Snapshot> {
  private final Set<Digest> nodes = new HashSet<>();
  private final Set<Future<Layer>> awaited = ConcurrentHashMap.newKeySet();
  private final TaskGroup tasks;
  private final BuildSink sink;

  EarlyLayers(Node last, TaskGroup tasks, BuildSink sink) {
    this.tasks = tasks;
    this.sink = sink;
    for (Optional<Node> node = Optional.of(last); node.isPresent(); node = node.get().parent()) {
      nodes.add(node.get().key());
    }
  }

  @Override
  public void accept(Node node, Snapshot snapshot) {
    if (!nodes.contains(node.key())) {
      return;
    }
    for (LayerHandle handle : snapshot.layers()) {
      if (awaited.add(handle.layer())) {
        // Whoever builds on the layer learns of its failure; nothing is told of it here.
        var _ =
            tasks.fork(() -> {
              sink.layerFinished(handle.await().blob());
              return handle;
            });
      }
    }
  }
}
