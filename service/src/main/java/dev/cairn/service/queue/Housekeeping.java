package dev.cairn.service.queue;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildState;
import dev.cairn.service.Metrics;
import dev.cairn.service.log.LogDirectory;
import dev.cairn.service.secret.SentValues;
import dev.cairn.service.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done about builds again and again: leases are kept, dead ones taken up, waiting builds
 * that waited too long are ended, and held-back lines are given out.
 */
final class Housekeeping {
  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

  private final Store store;
  private final LogDirectory logs;
  private final SentValues sent;
  private final Metrics metrics;
  private final Claims claims;
  private final Supplier<List<RunningBuild>> running;
  private final List<ScheduledFuture<?>> ticks = new ArrayList<>();

  /**
   * Housekeeping under these claims.
   *
   * @param running the builds that run here now
   */
  Housekeeping(BuildRunner.Places places, Claims claims, Supplier<List<RunningBuild>> running) {
    this.store = places.store();
    this.logs = places.logs();
    this.sent = places.sent();
    this.metrics = places.metrics();
    this.claims = claims;
    this.running = running;
  }

  /** Takes up what a dead process left, then goes on until it is stopped. */
  void start(ScheduledExecutorService timer, Duration lease) {
    tell(claims.recover(store.exclusive()));
    long beat = Math.max(100, lease.toMillis() / 6);
    ticks.add(
        timer.scheduleWithFixedDelay(
            () -> guarded(this::heartbeat), beat, beat, TimeUnit.MILLISECONDS));
    ticks.add(
        timer.scheduleWithFixedDelay(() -> guarded(this::everySecond), 1, 1, TimeUnit.SECONDS));
  }

  /** Ends what is done again and again. */
  void stop() {
    ticks.forEach(tick -> tick.cancel(false));
  }

  private void heartbeat() {
    List<RunningBuild> before = running.get();
    Map<BuildId, Boolean> ours = claims.heartbeat();
    for (RunningBuild build : before) {
      Boolean cancel = ours.get(build.job().id());
      if (cancel == null) {
        build.stop(StopReason.LEASE_LOST);
      } else if (cancel) {
        build.stop(StopReason.CANCELLED);
      }
    }
    if (!store.exclusive()) {
      tell(claims.recover(false));
    }
  }

  private void everySecond() {
    running.get().forEach(build -> build.sink().release());
    tell(claims.expire());
  }

  /** Writes into the logs what was decided about builds that do not run here. */
  private void tell(List<Claims.Verdict> verdicts) {
    for (Claims.Verdict verdict : verdicts) {
      metrics.record(Metrics.Measure.BUILDS_RECOVERED, verdict.attempt() > 0 ? 1 : 0);
      try (var handle = logs.open(verdict.id())) {
        if (verdict.failure().isPresent()) {
          sent.erase(verdict.id());
          handle.appendNow(new BuildEvent.StateChanged(BuildState.FAILED, verdict.failure()));
        } else if (verdict.attempt() < 0) {
          sent.erase(verdict.id());
          handle.appendNow(new BuildEvent.StateChanged(BuildState.CANCELLED, Optional.empty()));
        } else {
          handle.append(new BuildEvent.StateChanged(BuildState.QUEUED, Optional.empty()));
        }
      } catch (RuntimeException e) {
        log.error("the log of build {} cannot be written", verdict.id(), e);
      }
    }
  }

  private static void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      log.error("housekeeping of the queue failed", e);
    }
  }
}
