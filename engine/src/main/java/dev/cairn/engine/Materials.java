package dev.cairn.engine;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.Phase;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes everything on and keeps what went into a build; each layer is told once. */
final class Materials implements BuildSink {
  private final BuildSink to;
  private final Set<BuildResult.Material> seen = new LinkedHashSet<>();
  private final Set<Digest> layers = ConcurrentHashMap.newKeySet();

  Materials(BuildSink to) {
    this.to = to;
  }

  @Override
  public void event(BuildEvent.Body body) {
    to.event(body);
  }

  @Override
  public void phase(Phase phase) {
    to.phase(phase);
  }

  @Override
  public void layerFinished(Descriptor layer) {
    if (layers.add(layer.digest())) {
      to.layerFinished(layer);
    }
  }

  @Override
  public void material(BuildResult.Material material) {
    boolean fresh;
    synchronized (this) {
      fresh = seen.add(material);
    }
    if (fresh) {
      to.material(material);
    }
  }

  @Override
  public void taken(BuildResult.Usage usage) {
    to.taken(usage);
  }

  synchronized List<BuildResult.Material> all() {
    return List.copyOf(seen);
  }
}
