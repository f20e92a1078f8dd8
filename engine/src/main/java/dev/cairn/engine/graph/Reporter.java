package dev.cairn.engine.graph;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildEvent.Miss;
import dev.cairn.build.BuildEvent.Outcome;
import dev.cairn.build.BuildSink;
import dev.cairn.engine.step.Node;
import dev.cairn.oci.Digest;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Tells the steps of one build to its sink, each of them once. */
public final class Reporter {
  private final BuildSink sink;
  private final int steps;
  private final Set<Integer> told = ConcurrentHashMap.newKeySet();
  private final AtomicInteger ran = new AtomicInteger();
  private final AtomicInteger cached = new AtomicInteger();

  /** A reporter of a build of so many steps. */
  public Reporter(BuildSink sink, int steps) {
    this.sink = sink;
    this.steps = steps;
  }

  /** Whom it tells. */
  public BuildSink sink() {
    return sink;
  }

  /** How many steps ran. */
  public int ran() {
    return ran.get();
  }

  /** How many steps came from earlier results. */
  public int cached() {
    return cached.get();
  }

  /** A step begins; false if it was told already. */
  boolean started(Node node) {
    var telling = node.telling();
    if (!told.add(telling.number())) {
      return false;
    }
    sink.event(
        new BuildEvent.StepStarted(
            telling.number(), steps, telling.stage(), telling.text(), telling.place()));
    return true;
  }

  /** A step that was started has ended. */
  void finished(
      Node node, Outcome outcome, long startNanos, Optional<Miss> miss, Optional<Digest> layer) {
    switch (outcome) {
      case RAN -> ran.incrementAndGet();
      case CACHED, SHARED -> cached.incrementAndGet();
      case FAILED, CANCELLED -> {}
    }
    sink.event(
        new BuildEvent.StepFinished(
            node.telling().number(),
            outcome,
            (System.nanoTime() - startNanos) / 1_000_000,
            miss,
            layer.map(Digest::toString)));
  }

  /** The whole build came from an earlier one. */
  public void allCached(Node last) {
    cached(last, Optional.empty());
  }

  /** A step and all before it came from an earlier result. */
  void cached(Node node, Optional<Digest> layer) {
    if (node.telling().number() > 0 && told.contains(node.telling().number())) {
      return;
    }
    node.parent().ifPresent(parent -> cached(parent, Optional.empty()));
    node.operation().sources().forEach(source -> cached(source, Optional.empty()));
    long now = System.nanoTime();
    if (node.telling().number() > 0 && started(node)) {
      finished(node, Outcome.CACHED, now, Optional.empty(), layer);
    }
  }
}
