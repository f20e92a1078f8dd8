package dev.cairn.engine.run;

import dev.cairn.build.BuildEvent;
import dev.cairn.content.FileTree;
import dev.cairn.engine.copy.CopyPlanner;
import dev.cairn.engine.copy.LayerPlan;
import dev.cairn.engine.copy.Selection;
import dev.cairn.engine.graph.StepRunner;
import dev.cairn.engine.layer.Layer;
import dev.cairn.engine.layer.LayerHandle;
import dev.cairn.engine.layer.PlanPacker;
import dev.cairn.engine.step.Keys;
import dev.cairn.engine.step.Node;
import dev.cairn.engine.step.Operation;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.oci.Digest;
import java.util.Optional;
import java.util.function.Consumer;

/** A COPY, ADD or WORKDIR whose layer is planned: only its bytes are missing. */
final class PreparedCopy implements StepRunner.Prepared {
  private final LayerPlan plan;
  private final Digest contentKey;
  private final Optional<IsolationRung> rung;
  private final NativeSteps steps;

  private PreparedCopy(
      LayerPlan plan, Digest contentKey, Optional<IsolationRung> rung, NativeSteps steps) {
    this.plan = plan;
    this.contentKey = contentKey;
    this.rung = rung;
    this.steps = steps;
  }

  /**
   * A copy.
   *
   * @param rung how well the commands were shut in that made what is copied
   */
  static PreparedCopy copy(
      Operation.Copy copy,
      FileTree source,
      FileTree destination,
      Optional<IsolationRung> rung,
      NativeSteps steps) {
    Selection selection = Selection.of(copy.copy(), source, copy.downloads());
    LayerPlan plan =
        steps.services().planner().plan(copy.copy(), selection, destination, steps.making().now());
    Digest key =
        Keys.movable(
            steps.making().platform(), copy.copy(), selection.digest(), facts(plan, steps));
    return new PreparedCopy(plan, key, rung, steps);
  }

  static PreparedCopy directory(
      Node node, Operation.MakeDirectory directory, FileTree destination, NativeSteps steps) {
    LayerPlan plan =
        CopyPlanner.makeDirectory(
            directory.path(),
            directory.user(),
            node.telling().place(),
            destination,
            steps.making().now());
    Digest key =
        Keys.movable(
            steps.making().platform(), directory.path(), directory.user(), facts(plan, steps));
    return new PreparedCopy(plan, key, Optional.empty(), steps);
  }

  /**
   * A layer that was made on another parent carries that one's times of directories. That does no
   * harm where times are those of the build anyway; who sets the time wants the same image bit for
   * bit, whatever the cache holds.
   */
  private static Digest facts(LayerPlan plan, NativeSteps steps) {
    return steps.making().epoch().isPresent() ? plan.factsWithTimes() : plan.facts();
  }

  @Override
  public Digest contentKey() {
    return contentKey;
  }

  @Override
  public boolean movable() {
    return true;
  }

  @Override
  public LayerHandle run(Consumer<BuildEvent.Log> log) throws InterruptedException {
    Layer layer = steps.written(writer -> PlanPacker.pack(plan, writer));
    return LayerHandle.of(rung.map(layer::withRung).orElse(layer));
  }

  /** Nothing but the compressor: no command, no limits, no secrets. */
  @Override
  public Optional<String> circumstances() {
    return Optional.of(steps.making().compressor().toString());
  }
}
