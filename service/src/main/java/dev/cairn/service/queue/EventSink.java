package dev.cairn.service.queue;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildFailure;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.Phase;
import dev.cairn.oci.Descriptor;
import dev.cairn.service.log.LogDirectory;
import dev.cairn.service.secret.MaskedLines;
import dev.cairn.service.secret.SecretMasker;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Hears a running build and writes its log: nothing passes without the secrets taken out, and no
 * step says more than is kept.
 */
final class EventSink implements BuildSink {
  private static final long BUILD_HEAD = 64L << 20;
  private static final long STEP_HEAD = 8L << 20;
  private static final long STEP_TAIL = 256L << 10;
  private static final int MOST_MATERIALS = 10_000;

  private final LogDirectory.Handle log;
  private final SecretMasker masker;
  private final Destinations destinations;
  private final Consumer<Phase> phases;
  private final Consumer<RuntimeException> broken;
  private final Map<StreamKey, MaskedLines> streams = new HashMap<>();
  private final Map<Integer, StepLog> steps = new HashMap<>();
  private final Set<BuildResult.Material> materials = new LinkedHashSet<>();
  private Optional<BuildResult.Usage> usage = Optional.empty();
  private long said;

  private record StreamKey(int step, BuildEvent.Stream stream) {}

  /**
   * A sink.
   *
   * @param destinations hear of layers and bases
   * @param phases hears of each phase
   * @param broken hears that the log cannot be written, so that the build is stopped
   */
  EventSink(
      LogDirectory.Handle log,
      SecretMasker masker,
      Destinations destinations,
      Consumer<Phase> phases,
      Consumer<RuntimeException> broken) {
    this.log = log;
    this.masker = masker;
    this.destinations = destinations;
    this.phases = phases;
    this.broken = broken;
  }

  @Override
  public synchronized void event(BuildEvent.Body body) {
    switch (body) {
      case BuildEvent.Log line -> line(line);
      case BuildEvent.StepFinished finished -> {
        endStep(finished.step());
        write(
            new BuildEvent.StepFinished(
                finished.step(),
                finished.outcome(),
                finished.milliseconds(),
                finished.miss().map(this::masked),
                finished.layer()));
      }
      case BuildEvent.StepStarted started ->
          write(
              new BuildEvent.StepStarted(
                  started.step(),
                  started.of(),
                  started.stage(),
                  masker.mask(started.text()),
                  started.place()));
      case BuildEvent.Progress progress ->
          write(
              new BuildEvent.Progress(
                  progress.step(),
                  masker.mask(progress.what()),
                  progress.done(),
                  progress.total()));
      case BuildEvent.Warning warning ->
          write(
              new BuildEvent.Warning(
                  warning.code(), masker.mask(warning.sentence()), warning.place()));
      case BuildEvent.Retry retry ->
          write(
              new BuildEvent.Retry(
                  masker.mask(retry.what()), masker.mask(retry.reason()), retry.attempt()));
      case BuildEvent.StateChanged changed ->
          write(new BuildEvent.StateChanged(changed.state(), changed.failure().map(this::masked)));
    }
  }

  private BuildEvent.Miss masked(BuildEvent.Miss miss) {
    return new BuildEvent.Miss(
        miss.reason(),
        masker.mask(miss.sentence()),
        miss.details().stream().limit(20).map(masker::mask).toList());
  }

  /** A failure with the secrets taken out of its words. */
  BuildFailure masked(BuildFailure failure) {
    return new BuildFailure(
        failure.code(),
        failure.kind(),
        masker.mask(failure.sentence()),
        masker.mask(failure.remedy()),
        failure.retryable(),
        failure.phase(),
        failure.place(),
        failure.step(),
        failure.exitCode(),
        failure.attempt(),
        failure.attempts(),
        failure.usage());
  }

  private void line(BuildEvent.Log line) {
    var key = new StreamKey(line.step(), line.stream());
    var masked = streams.computeIfAbsent(key, _ -> masker.stream());
    for (String out : masked.accept(line.line())) {
      limited(new BuildEvent.Log(line.step(), line.stream(), out));
    }
  }

  private void limited(BuildEvent.Log line) {
    var step =
        steps.computeIfAbsent(
            line.step(), _ -> new StepLog(said > BUILD_HEAD ? 0 : STEP_HEAD, STEP_TAIL));
    for (BuildEvent.Log piece : step.accept(line)) {
      said += piece.line().length() + 1;
      write(piece);
    }
  }

  private void endStep(int number) {
    streams
        .entrySet()
        .removeIf(entry -> {
          if (entry.getKey().step() != number) {
            return false;
          }
          for (String out : entry.getValue().end()) {
            limited(new BuildEvent.Log(number, entry.getKey().stream(), out));
          }
          return true;
        });
    Optional.ofNullable(steps.remove(number)).ifPresent(step -> step.end().forEach(this::write));
  }

  /** Gives out lines that waited for more, as nothing followed; called about once a second. */
  synchronized void release() {
    streams.forEach((key, lines) -> {
      if (lines.isHolding()) {
        for (String out : lines.release()) {
          limited(new BuildEvent.Log(key.step(), key.stream(), out));
        }
      }
    });
  }

  /** Writes what is left of all steps; before the final event. */
  synchronized void end() {
    streams.keySet().stream().map(StreamKey::step).distinct().toList().forEach(this::endStep);
  }

  private void write(BuildEvent.Body body) {
    try {
      log.append(body);
    } catch (UncheckedIOException e) {
      broken.accept(e);
    }
  }

  @Override
  public void phase(Phase phase) {
    phases.accept(phase);
  }

  @Override
  public void layerFinished(Descriptor layer) {
    destinations.layer(layer);
  }

  @Override
  public void material(BuildResult.Material material) {
    synchronized (this) {
      if (materials.size() < MOST_MATERIALS) {
        materials.add(
            new BuildResult.Material(
                material.kind(), masker.mask(material.name()), material.digest()));
      }
    }
    destinations.material(material);
  }

  @Override
  public synchronized void taken(BuildResult.Usage taken) {
    usage = Optional.of(taken);
  }

  /** What the build had taken when it ended without a result, if it told. */
  synchronized Optional<BuildResult.Usage> usage() {
    return usage;
  }

  /** What went in, in the order of its coming. */
  synchronized List<BuildResult.Material> materials() {
    return List.copyOf(materials);
  }
}
