package dev.cairn.service.queue;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildFailure;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildState;
import dev.cairn.build.Builder;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Phase;
import dev.cairn.service.Build;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.image.Registration;
import dev.cairn.service.secret.BuildSecrets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt at a build, on a thread of its own. */
final class RunningBuild {
  private static final Logger log = LoggerFactory.getLogger(RunningBuild.class);

  private final BuildJob job;
  private final int attempts;
  private final EventSink sink;
  private final BiConsumer<BuildState, Phase> progress;
  private final Destinations destinations = new Destinations();
  private Phase phase = Phase.SOURCE;
  private BuildState state = BuildState.PREPARING;
  private Optional<StopReason> stop = Optional.empty();
  private Optional<Thread> thread = Optional.empty();
  private boolean over;

  /** What builds and publishes. */
  record Workers(
      Builder builder,
      BuildQueue.Publishing publishing,
      BuildSecrets secrets,
      Registration registration) {}

  /** Makes a sink for a running build, which hears of phases and of a broken log. */
  interface SinkMaker {
    EventSink make(RunningBuild build);
  }

  RunningBuild(
      BuildJob job, int attempts, SinkMaker sinks, BiConsumer<BuildState, Phase> progress) {
    this.job = job;
    this.attempts = attempts;
    this.progress = progress;
    this.sink = sinks.make(this);
  }

  BuildJob job() {
    return job;
  }

  EventSink sink() {
    return sink;
  }

  Destinations destinations() {
    return destinations;
  }

  /** Stops it; the first reason counts. */
  synchronized void stop(StopReason reason) {
    if (!over && stop.isEmpty()) {
      stop = Optional.of(reason);
      thread.ifPresent(Thread::interrupt);
    }
  }

  synchronized Optional<StopReason> stopped() {
    return stop;
  }

  synchronized BuildState state() {
    return state;
  }

  private synchronized void begin() {
    thread = Optional.of(Thread.currentThread());
    if (stop.isPresent()) {
      Thread.currentThread().interrupt();
    }
  }

  /** No interrupt comes after this. */
  private synchronized void end() {
    over = true;
    boolean interrupted = Thread.interrupted();
    log.trace("build {} left its work, interrupted: {}", job.id(), interrupted);
  }

  /** Hears what the builder does. States only go forward. */
  void phase(Phase next) {
    BuildState wanted =
        switch (next) {
          case SOURCE, RESOLVE -> BuildState.PREPARING;
          case STEPS, EXPORT -> BuildState.BUILDING;
          case PUBLISH -> BuildState.PUBLISHING;
        };
    while (true) {
      BuildState entered;
      synchronized (this) {
        if (wanted.compareTo(state) <= 0) {
          phase = next;
          entered = state;
        } else {
          state = state == BuildState.PREPARING ? BuildState.BUILDING : BuildState.PUBLISHING;
          entered = state;
          if (entered != wanted) {
            sink.event(new BuildEvent.StateChanged(entered, Optional.empty()));
            continue;
          }
          phase = next;
          sink.event(new BuildEvent.StateChanged(entered, Optional.empty()));
        }
      }
      progress.accept(entered, next);
      return;
    }
  }

  /** Works until the end of the attempt; what it gives is to be written. Empty: it is not ours. */
  Optional<Finish.End> run(Workers workers, Runnable publishing) {
    begin();
    try (destinations) {
      sink.event(new BuildEvent.StateChanged(BuildState.PREPARING, Optional.empty()));
      if (job.attempt() > 1) {
        sink.event(new BuildEvent.Retry("build", "its runner died", job.attempt()));
      }
      workers.secrets().begin(job);
      destinations.open(job, workers.publishing(), sink);
      BuildResult result = workers.builder().build(job, sink);
      // A push may fail yet.
      sink.taken(result.usage());
      phase(Phase.PUBLISH);
      publishing.run();
      destinations.finish(result);
      var registered = workers.registration().prepare(job, result);
      return Optional.of(Finish.End.ready(outcome(result), registered));
    } catch (InterruptedException e) {
      return stopped().isPresent() ? ended() : Optional.of(failed(interrupted()));
    } catch (BuildException e) {
      if (stopped().isPresent()) {
        return ended();
      }
      return Optional.of(failed(DiskReserve.isFull(e) ? diskFull("build") : e));
    } catch (RuntimeException | Error e) {
      if (stopped().isPresent()) {
        return ended();
      }
      if (DiskReserve.isFull(e)) {
        log.error("build {} failed because the disk is full", job.id(), e);
        return Optional.of(failed(diskFull("build")));
      }
      log.error("build {} failed by a fault of ours", job.id(), e);
      return Optional.of(failed(internal()));
    } finally {
      end();
    }
  }

  /** Materials are those that were heard of on the way, then what only the result names. */
  private Build.Outcome outcome(BuildResult result) {
    var materials = new LinkedHashSet<>(sink.materials());
    materials.addAll(result.materials());
    return new Build.Outcome(
        result.image(),
        result.manifests(),
        job.request().outputs().names(),
        List.copyOf(materials),
        result.baseDigest(),
        result.builder(),
        result.rung(),
        result.usage(),
        result.reusedFrom());
  }

  private Optional<Finish.End> ended() {
    return switch (stopped().orElseThrow()) {
      case CANCELLED -> Optional.of(Finish.End.cancelled());
      case RUN_TIMEOUT ->
          Optional.of(failed(timeout("run", job.limits().run().orElseThrow().toSeconds())));
      case PUSH_TIMEOUT ->
          Optional.of(failed(timeout("push", job.limits().push().orElseThrow().toSeconds())));
      case LOG_BROKEN -> Optional.of(failed(diskFull("event log")));
      case SHUTDOWN, LEASE_LOST -> Optional.empty();
    };
  }

  private static BuildException timeout(String what, long seconds) {
    return BuildException.of(FailureKind.TIMEOUT, what + "-timeout")
        .remedy("allow more time, or make the build do less")
        .sentence(
            "timeout: the " + what + " took longer than its limit of " + seconds + " seconds");
  }

  private static BuildException diskFull(String what) {
    return BuildException.of(FailureKind.LIMIT, "disk-full")
        .retryable()
        .remedy("ask the operator for space, then build again")
        .sentence("the " + what + " cannot be written; the server's disk is full or broken");
  }

  private static BuildException interrupted() {
    return BuildException.of(FailureKind.INTERNAL, "interrupted")
        .retryable()
        .sentence("the builder was interrupted without a reason");
  }

  private static BuildException internal() {
    return BuildException.of(FailureKind.INTERNAL, "internal")
        .retryable()
        .remedy("build again; if it happens again, tell the operator the build's id")
        .sentence("the build failed by a fault of the server");
  }

  private Finish.End failed(BuildException e) {
    Phase during;
    synchronized (this) {
      during = phase;
    }
    BuildFailure failure =
        sink.masked(e.toFailure(during, job.attempt(), attempts)).after(sink.usage());
    return Finish.End.failed(failure);
  }
}
