package dev.cairn.engine.graph;

import dev.cairn.build.BuildEvent;
import dev.cairn.engine.layer.LayerHandle;
import dev.cairn.engine.layer.Snapshot;
import dev.cairn.engine.step.Node;
import dev.cairn.oci.Digest;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Does what a node says, on what came before it. */
public interface StepRunner {

  /** The files of a base, its layers perhaps still on their way. */
  Snapshot base(Node node) throws InterruptedException;

  /** Gets a step ready. Cheap for what only reads indexes. */
  Prepared prepare(Node node, Inputs inputs) throws InterruptedException;

  /**
   * What a step starts from.
   *
   * @param parent the files below it
   * @param sources the files of the stages and images it reads
   */
  record Inputs(Snapshot parent, Map<Node, Snapshot> sources) {
    public Inputs {
      sources = Map.copyOf(sources);
    }
  }

  /** A step that could run now. */
  interface Prepared {

    /**
     * Its content key. For a RUN this waits until the layers below it are packed, because their
     * files are part of it.
     */
    Digest contentKey() throws InterruptedException;

    /** Whether its layer may be put on another parent. */
    boolean movable();

    /** Runs it; output goes to {@code log}, or to those who joined it. */
    LayerHandle run(Consumer<BuildEvent.Log> log) throws InterruptedException;

    /** What the step's limits, policy and secrets are, for sharing it while it runs. */
    Optional<String> circumstances();
  }
}
