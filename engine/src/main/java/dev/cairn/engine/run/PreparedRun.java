package dev.cairn.engine.run;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.Limits;
import dev.cairn.content.FileTree;
import dev.cairn.dockerfile.Mount;
import dev.cairn.engine.graph.StepRunner;
import dev.cairn.engine.layer.LayerHandle;
import dev.cairn.engine.layer.Snapshot;
import dev.cairn.engine.layer.TreeDigest;
import dev.cairn.engine.step.Keys;
import dev.cairn.engine.step.Node;
import dev.cairn.engine.step.RunOperation;
import dev.cairn.engine.step.StepMount;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A RUN that could start now. */
final class PreparedRun implements StepRunner.Prepared {
  private final Node node;
  private final RunOperation run;
  private final StepRunner.Inputs inputs;
  private final NativeSteps steps;
  private Optional<Digest> contentKey = Optional.empty();

  PreparedRun(Node node, RunOperation run, StepRunner.Inputs inputs, NativeSteps steps) {
    this.node = node;
    this.run = run;
    this.inputs = inputs;
    this.steps = steps;
  }

  RunOperation operation() {
    return run;
  }

  @Override
  public synchronized Digest contentKey() throws InterruptedException {
    if (contentKey.isEmpty()) {
      Digest parent = TreeDigest.of(steps.view(inputs.parent()), "");
      var sources = new LinkedHashMap<String, Digest>();
      for (StepMount mount : run.mounts()) {
        if (mount.node().isPresent() && mount.mount() instanceof Mount.Bind bind) {
          Node from = mount.node().get();
          Digest shown = shown(inputs.sources().getOrDefault(from, Snapshot.EMPTY), bind);
          // One stage may be mounted twice; all that is shown of it counts.
          sources.merge(
              from.key().hex(),
              shown,
              (a, b) -> Digest.newHasher().update(a.bytes()).update(b.bytes()).finish());
        }
      }
      contentKey = Optional.of(Keys.content(node.recipe(), parent, sources));
    }
    return contentKey.get();
  }

  private Digest shown(Snapshot source, Mount.Bind bind) throws InterruptedException {
    FileTree view = steps.view(source);
    try {
      return TreeDigest.of(view, view.resolve(bind.source(), true).path());
    } catch (IOException e) {
      throw NativeSteps.failed(e, "The mount's source cannot be read");
    }
  }

  @Override
  public boolean movable() {
    return false;
  }

  @Override
  public LayerHandle run(Consumer<BuildEvent.Log> log) throws InterruptedException {
    return steps.command(this, node, inputs, log);
  }

  /** Limits, network policy, isolation and the versions of secrets. */
  @Override
  public Optional<String> circumstances() {
    var build = steps.build();
    var words = new StringBuilder(steps.services().executor().isolation().text());
    Limits limits = build.job().limits();
    words
        .append('\n')
        .append(limits.cpus())
        .append(limits.memoryBytes())
        .append(limits.diskBytes())
        .append(limits.inodes())
        .append(limits.processes())
        .append(limits.network())
        .append(limits.step());
    words.append('\n').append(steps.making().compressor());
    var versions = new LinkedHashMap<String, String>();
    for (StepMount mount : run.mounts()) {
      if (mount.mount() instanceof Mount.Secret secret) {
        versions.put(secret.id(), build.secrets().version(build.job(), secret.id()));
      }
    }
    for (Map.Entry<String, String> version : versions.entrySet()) {
      words.append('\n').append(version);
    }
    return Optional.of(words.toString());
  }
}
