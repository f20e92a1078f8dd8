package dev.cairn.service.queue;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildState;
import dev.cairn.service.Metrics;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.log.LogDirectory;
import dev.cairn.service.secret.SentValues;
import dev.cairn.service.store.Store;
import dev.cairn.service.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes builds from the queue and runs each on a thread of its own, under a lease. */
final class BuildRunner {
  private static final Logger log = LoggerFactory.getLogger(BuildRunner.class);

  private final Store store;
  private final QueueSettings settings;
  private final LogDirectory logs;
  private final SentValues sent;
  private final DiskReserve disk;
  private final RunningBuild.Workers workers;
  private final Metrics metrics;
  private final Clock clock;
  private final String owner;
  private final Claims claims;
  private final Housekeeping housekeeping;
  private final Map<BuildId, RunningBuild> running = new ConcurrentHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("build-timer").factory());
  private final Thread dispatcher;
  private volatile boolean closing;

  /** Where things are. */
  record Places(
      Store store,
      LogDirectory logs,
      SentValues sent,
      DiskReserve disk,
      Clock clock,
      Metrics metrics) {}

  BuildRunner(Places places, QueueSettings settings, RunningBuild.Workers workers, String owner) {
    this.store = places.store();
    this.logs = places.logs();
    this.sent = places.sent();
    this.disk = places.disk();
    this.clock = places.clock();
    this.metrics = places.metrics();
    this.settings = settings;
    this.workers = workers;
    this.owner = owner;
    this.claims = new Claims(store, settings, clock, owner);
    this.housekeeping = new Housekeeping(places, claims, () -> List.copyOf(running.values()));
    this.dispatcher =
        Thread.ofPlatform().daemon().name("build-dispatcher").unstarted(this::dispatch);
  }

  /** Takes up what a dead process left, then begins. */
  void start() {
    housekeeping.start(timer, settings.lease());
    dispatcher.start();
  }

  /** There may be something to start. */
  void wake() {
    LockSupport.unpark(dispatcher);
  }

  int runningHere() {
    return running.size();
  }

  /** Stops a build if it runs here. */
  void cancel(BuildId id) {
    Optional.ofNullable(running.get(id)).ifPresent(build -> build.stop(StopReason.CANCELLED));
  }

  private void dispatch() {
    while (!closing) {
      try {
        Optional<BuildJob> job = disk.isLow() ? Optional.empty() : next();
        if (job.isPresent()) {
          begin(job.get());
        } else {
          LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        }
      } catch (RuntimeException e) {
        log.error("no build could be claimed", e);
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      }
    }
  }

  /**
   * While all slots are taken, as by one tenant's builds of an hour, a tenant whose turn it is and
   * that has none running is let in beyond them, up to as many again.
   */
  private Optional<BuildJob> next() {
    int now = running.size();
    if (now < settings.slots()) {
      return claims.claim(Claims.Whose.ANYBODY);
    }
    return now < 2 * settings.slots() ? claims.claim(Claims.Whose.NEWCOMER) : Optional.empty();
  }

  private void begin(BuildJob job) {
    LogDirectory.Handle handle;
    try {
      handle = logs.open(job.id());
    } catch (RuntimeException e) {
      claims.giveBack(job.id(), job.attempt());
      throw e;
    }
    var build =
        new RunningBuild(
            job,
            settings.attempts(),
            self ->
                new EventSink(
                    handle,
                    workers.secrets().masker(job.id()),
                    self.destinations(),
                    self::phase,
                    problem -> {
                      log.error("the log of build {} broke", job.id(), problem);
                      self.stop(StopReason.LOG_BROKEN);
                    }),
            (state, phase) ->
                store.changeRelaxed(session ->
                    session.update(
                        """
                        UPDATE build SET state = ?, phase = ?
                        WHERE id = ? AND lease_owner = ? AND attempt = ? AND ended = 0
                        """,
                        BuildRows.spell(state),
                        BuildRows.spell(phase),
                        job.id(),
                        owner,
                        job.attempt())));
    running.put(job.id(), build);
    metrics.record(
        Metrics.Measure.QUEUE_SECONDS,
        Duration.between(job.acceptedAt(), clock.instant()).toMillis() / 1000.0);
    Thread thread =
        Thread.ofPlatform().name("build-" + job.id()).unstarted(() -> work(build, handle));
    synchronized (threads) {
      threads.removeIf(old -> !old.isAlive());
      threads.add(thread);
      thread.start();
    }
  }

  private void work(RunningBuild build, LogDirectory.Handle handle) {
    BuildJob job = build.job();
    long began = System.nanoTime();
    List<ScheduledFuture<?>> deadlines = new ArrayList<>();
    deadlines.add(
        deadline(build, job.limits().run().orElse(settings.run()), StopReason.RUN_TIMEOUT));
    try (handle) {
      Optional<Finish.End> wanted =
          build.run(
              workers,
              () -> {
                deadlines.getFirst().cancel(false);
                deadlines.add(
                    deadline(
                        build,
                        job.limits().push().orElse(settings.push()),
                        StopReason.PUSH_TIMEOUT));
              });
      build.sink().end();
      if (wanted.isPresent()) {
        finish(job, wanted.get())
            .ifPresent(end -> {
              sent.erase(job.id());
              handle.appendNow(new BuildEvent.StateChanged(end.state(), end.failure()));
              count(end, (System.nanoTime() - began) / 1e9);
            });
      } else if (build.stopped().filter(r -> r == StopReason.SHUTDOWN).isPresent()
          && claims.giveBack(job.id(), job.attempt())) {
        handle.appendNow(new BuildEvent.StateChanged(BuildState.QUEUED, Optional.empty()));
      }
    } catch (RuntimeException e) {
      log.error("build {} could not be ended cleanly", job.id(), e);
    } finally {
      deadlines.forEach(deadline -> deadline.cancel(false));
      workers.secrets().end(job.id());
      running.remove(job.id());
      wake();
    }
  }

  /** The final write; while the disk is full it is tried again until the server goes down. */
  private Optional<Finish.End> finish(BuildJob job, Finish.End wanted) {
    var holder = new Finish.Holder(owner, job.attempt());
    while (true) {
      try {
        return store.write(session ->
            Finish.write(session, job.id(), Optional.of(holder), wanted, clock.instant()));
      } catch (StoreException e) {
        if (closing) {
          throw e;
        }
        log.error("the end of build {} cannot be written yet", job.id(), e);
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      }
    }
  }

  private ScheduledFuture<?> deadline(RunningBuild build, Duration time, StopReason reason) {
    return timer.schedule(() -> build.stop(reason), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void count(Finish.End end, double seconds) {
    String state = BuildRows.spell(end.state());
    metrics.record(
        Metrics.Measure.BUILDS_FINISHED,
        1,
        state,
        end.failure().map(failure -> BuildRows.spell(failure.kind())).orElse(""));
    metrics.record(Metrics.Measure.BUILD_SECONDS, seconds, state);
  }

  /** Starts nothing more, and waits so long for what runs; then it is queued again. */
  void drain(Duration patience) throws InterruptedException {
    closing = true;
    wake();
    long until = System.nanoTime() + patience.toNanos();
    while (!running.isEmpty() && System.nanoTime() < until) {
      Thread.sleep(50);
    }
    close();
  }

  private void close() throws InterruptedException {
    closing = true;
    wake();
    dispatcher.join();
    running.values().forEach(build -> build.stop(StopReason.SHUTDOWN));
    List<Thread> left;
    synchronized (threads) {
      left = List.copyOf(threads);
    }
    for (Thread thread : left) {
      thread.join();
    }
    housekeeping.stop();
    timer.shutdownNow();
  }
}
