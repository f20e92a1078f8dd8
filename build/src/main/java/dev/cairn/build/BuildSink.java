package dev.cairn.build;

import dev.cairn.oci.Descriptor;

/** Hears from a running build. Calls may come from several threads; none blocks for long. */
public interface BuildSink {

  /** Something happened; the receiver numbers it and makes it durable. */
  void event(BuildEvent.Body body);

  /** The build turned to something else. */
  void phase(Phase phase);

  /** A layer of the image is complete in the blob store, so pushing it may begin. */
  void layerFinished(Descriptor layer);

  /** Something from outside went in. */
  void material(BuildResult.Material material);

  /**
   * What a build had taken when it ended without a result; not called if no step had begun. A
   * result says it itself.
   */
  default void taken(BuildResult.Usage usage) {}
}
