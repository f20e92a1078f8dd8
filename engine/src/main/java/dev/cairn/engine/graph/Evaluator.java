package dev.cairn.engine.graph;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildEvent.Miss;
import dev.cairn.build.BuildEvent.Outcome;
import dev.cairn.build.BuildException;
import dev.cairn.engine.cache.InFlight;
import dev.cairn.engine.cache.MissExplainer;
import dev.cairn.engine.cache.StepCache;
import dev.cairn.engine.layer.Chain;
import dev.cairn.engine.layer.Layer;
import dev.cairn.engine.layer.LayerHandle;
import dev.cairn.engine.layer.Snapshot;
import dev.cairn.engine.step.Node;
import dev.cairn.engine.step.Operation;
import dev.cairn.oci.Digest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Finds the files of a node, from the last node downwards: whoever has a record needs nothing of
 * what lies below it. What has none asks for its parent and its sources side by side, looks once
 * more by content, and runs.
 */
public final class Evaluator {
  private final Wiring wiring;
  private final Map<Digest, CompletableFuture<Snapshot>> known = new ConcurrentHashMap<>();

  /**
   * What an evaluator works with.
   *
   * @param cache the records
   * @param explainer tells why there was none
   * @param runner does the work
   * @param inFlight what runs right now, in other builds too
   * @param tasks the build's threads
   * @param reporter hears about every step
   * @param taken takes note of a chain that came from a record or another build: lease and right
   * @param found hears of a node's files as soon as they are there, layers perhaps unfinished
   */
  public record Wiring(
      StepCache cache,
      MissExplainer explainer,
      StepRunner runner,
      InFlight<Snapshot> inFlight,
      TaskGroup tasks,
      Reporter reporter,
      Consumer<Chain> taken,
      BiConsumer<Node, Snapshot> found) {}

  /** An evaluator of one build. */
  public Evaluator(Wiring wiring) {
    this.wiring = wiring;
  }

  /**
   * The files of the node; done once, however many ask.
   *
   * @throws BuildException if a step failed
   * @throws InterruptedException if the build was cancelled
   */
  public Snapshot evaluate(Node node) throws InterruptedException {
    var mine = new CompletableFuture<Snapshot>();
    var first = known.putIfAbsent(node.key(), mine);
    if (first != null) {
      Snapshot shared = awaited(first);
      wiring.reporter().cached(node, Optional.empty());
      return shared;
    }
    try {
      Snapshot result = compute(node);
      mine.complete(result);
      wiring.found().accept(node, result);
      return result;
    } catch (RuntimeException | Error | InterruptedException e) {
      mine.completeExceptionally(e);
      throw e;
    }
  }

  private Snapshot compute(Node node) throws InterruptedException {
    return switch (node.operation()) {
      case Operation.Scratch scratch -> Snapshot.EMPTY;
      case Operation.Base base -> base(node);
      case Operation.Run run -> step(node);
      case Operation.Copy copy -> step(node);
      case Operation.MakeDirectory directory -> step(node);
    };
  }

  private Snapshot base(Node node) throws InterruptedException {
    long start = System.nanoTime();
    wiring.reporter().started(node);
    Snapshot snapshot = wiring.runner().base(node);
    wiring.reporter().finished(node, Outcome.CACHED, start, Optional.empty(), Optional.empty());
    return snapshot;
  }

  private Snapshot step(Node node) throws InterruptedException {
    if (node.recipeCounts()) {
      Optional<Chain> hit = wiring.cache().byRecipe(node.key());
      if (hit.isPresent()) {
        return taken(node, hit.get());
      }
    }
    StepRunner.Inputs inputs = inputs(node);
    StepRunner.Prepared prepared = wiring.runner().prepare(node, inputs);
    Optional<String> shareable =
        node.handling().forced()
            ? Optional.empty()
            : wiring
                .cache()
                .written()
                .flatMap(scope -> prepared.circumstances().map(words -> scope + "\n" + words));
    if (shareable.isEmpty()) {
      return run(node, inputs, prepared, wiring.reporter().sink()::event);
    }
    return shared(node, inputs, prepared, node.key() + "\n" + shareable.get());
  }

  /** Parent and sources, found side by side. */
  private StepRunner.Inputs inputs(Node node) throws InterruptedException {
    var futures = new HashMap<Node, Future<Snapshot>>();
    for (Node source : node.operation().sources()) {
      futures.put(source, wiring.tasks().fork(() -> beside(source)));
    }
    Snapshot parent = evaluate(node.parent().orElseThrow());
    var sources = new HashMap<Node, Snapshot>();
    for (var entry : futures.entrySet()) {
      sources.put(entry.getKey(), awaited(entry.getValue()));
    }
    return new StepRunner.Inputs(parent, sources);
  }

  /** Evaluates on a thread of its own; a failure there ends the whole build at once. */
  private Snapshot beside(Node source) throws InterruptedException {
    try {
      return evaluate(source);
    } catch (BuildException e) {
      wiring.tasks().fail(e);
      throw e;
    }
  }

  private Snapshot shared(
      Node node, StepRunner.Inputs inputs, StepRunner.Prepared prepared, String key)
      throws InterruptedException {
    while (true) {
      long start = System.nanoTime();
      Consumer<BuildEvent.Log> log =
          line -> {
            // A line of another build's step is told under our number, after our start of it.
            wiring.reporter().started(node);
            wiring
                .reporter()
                .sink()
                .event(new BuildEvent.Log(node.telling().number(), line.stream(), line.line()));
          };
      var result = wiring.inFlight().run(key, log, to -> run(node, inputs, prepared, to));
      if (!result.shared()) {
        return result.value();
      }
      Chain chain;
      try {
        chain = result.value().chain();
      } catch (BuildException e) {
        // Its builder went away while it was packed: we do it ourselves.
        continue;
      }
      wiring.taken().accept(chain);
      wiring.reporter().started(node);
      wiring
          .reporter()
          .finished(
              node,
              Outcome.SHARED,
              start,
              Optional.empty(),
              chain.layers().isEmpty()
                  ? Optional.empty()
                  : Optional.of(chain.layers().getLast().blob().digest()));
      return Snapshot.of(chain.toldBy(node.past().planned()));
    }
  }

  private Snapshot run(
      Node node,
      StepRunner.Inputs inputs,
      StepRunner.Prepared prepared,
      Consumer<BuildEvent.Log> log)
      throws InterruptedException {
    boolean mayHit =
        !node.handling().forced()
            && wiring.cache().reading()
            && (prepared.movable() || wiring.cache().mayHaveContent(node.handling().name()));
    if (mayHit) {
      Optional<Chain> hit = wiring.cache().byContent(prepared.contentKey());
      if (hit.isPresent()) {
        return byContent(node, inputs, prepared, hit.get());
      }
    }
    long start = System.nanoTime();
    wiring.reporter().started(node);
    // Before the new record replaces the one that tells what was different.
    Optional<Miss> miss = prepared.movable() ? Optional.empty() : Optional.of(miss(node, null));
    LayerHandle handle;
    try {
      handle = prepared.run(log);
      if (prepared.movable()) {
        miss = Optional.of(miss(node, handle.await()));
      }
    } catch (BuildException e) {
      wiring.reporter().finished(node, Outcome.FAILED, start, miss, Optional.empty());
      throw e;
    } catch (InterruptedException e) {
      wiring.reporter().finished(node, Outcome.CANCELLED, start, miss, Optional.empty());
      throw e;
    }
    wiring.reporter().finished(node, Outcome.RAN, start, miss, finishedDigest(handle));
    Snapshot result = inputs.parent().plus(handle, node.past().since());
    remember(node, prepared, result);
    return result;
  }

  private Miss miss(Node node, @org.jspecify.annotations.Nullable Layer layer) {
    if (node.handling().forced()) {
      return MissExplainer.forced(!wiring.cache().reading());
    }
    return wiring
        .explainer()
        .explain(node.handling().name(), node.recipe(), Optional.ofNullable(layer));
  }

  /** A record whose blobs are leased already. */
  private Snapshot taken(Node node, Chain chain) {
    wiring.taken().accept(chain);
    wiring.reporter().cached(node, last(chain));
    return Snapshot.of(chain.toldBy(node.past().planned()));
  }

  private Snapshot byContent(
      Node node, StepRunner.Inputs inputs, StepRunner.Prepared prepared, Chain hit)
      throws InterruptedException {
    if (!prepared.movable()) {
      Snapshot whole = taken(node, hit);
      remember(node, prepared, whole);
      return whole;
    }
    wiring.taken().accept(hit);
    wiring.reporter().cached(node, last(hit));
    Snapshot moved =
        inputs.parent().plus(LayerHandle.of(hit.layers().getLast()), node.past().since());
    remember(node, prepared, moved);
    return moved;
  }

  /** Writes the records once the layers are complete, without holding up the next step. */
  private void remember(Node node, StepRunner.Prepared prepared, Snapshot snapshot) {
    var _ =
        wiring
            .tasks()
            .fork(() -> {
              Chain chain = snapshot.chain().toldBy(node.past().planned());
              wiring
                  .cache()
                  .remember(
                      node.handling().name(),
                      node.recipe(),
                      prepared.contentKey(),
                      chain,
                      prepared.movable(),
                      node.handling().confined());
              return chain;
            });
    // Whoever needs the layers learns of their failure; a record that was not written is a miss.
  }

  private static Optional<Digest> finishedDigest(LayerHandle handle) throws InterruptedException {
    return handle.layer().isDone() ? Optional.of(handle.await().blob().digest()) : Optional.empty();
  }

  private static Optional<Digest> last(Chain chain) {
    return chain.layers().isEmpty()
        ? Optional.empty()
        : Optional.of(chain.layers().getLast().blob().digest());
  }

  private static Snapshot awaited(Future<Snapshot> future) throws InterruptedException {
    try {
      return future.get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw dev.cairn.engine.cache.SharedWork.unwrapped(e);
    }
  }
}
