package dev.cairn.service.push;

import dev.cairn.build.Publisher;
import dev.cairn.service.PushId;
import dev.cairn.service.secret.BuildCredentials;
import dev.cairn.service.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes pushes from the queue and runs each on a thread of its own, under a lease. */
public final class PushRunner {
  private static final Logger log = LoggerFactory.getLogger(PushRunner.class);
  private static final long IDLE = Duration.ofSeconds(1).toNanos();

  /** Ended pushes are shown so long. */
  private static final Duration KEPT = Duration.ofDays(30);

  private final RunningPush.Tools tools;
  private final PushClaims claims;
  private final RegistryMemory memory;
  private final SentLogins sent;
  private final Settings settings;
  private final boolean alone;
  private final Map<PushId, RunningPush> running = new ConcurrentHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("push-timer").factory());
  private final Thread dispatcher;
  private volatile boolean closing;

  /**
   * How pushes are run.
   *
   * @param slots pushes at once; they wait more than they work
   * @param lease how long a push lives without a sign of its runner
   * @param limit longest time of one attempt
   */
  public record Settings(int slots, Duration lease, Duration limit) {}

  /**
   * A runner.
   *
   * @param stored the tenants' stored logins
   */
  public PushRunner(
      Store store,
      Clock clock,
      Settings settings,
      Publisher publisher,
      BuildCredentials stored,
      SentLogins sent,
      RegistryMemory memory) {
    this.settings = settings;
    this.memory = memory;
    this.sent = sent;
    this.alone = store.exclusive();
    this.claims = new PushClaims(store, clock, settings.lease(), UUID.randomUUID().toString());
    this.tools = new RunningPush.Tools(publisher, stored, sent, memory, claims);
    this.dispatcher =
        Thread.ofPlatform().daemon().name("push-dispatcher").unstarted(this::dispatch);
  }

  /** Takes up what a dead process left, then begins. */
  void start() {
    claims.takeFromTheDead(alone).forEach(sent::erase);
    claims.heartbeat(Set.of());
    long beat = settings.lease().dividedBy(4).toMillis();
    var _ = timer.scheduleWithFixedDelay(this::look, beat, beat, TimeUnit.MILLISECONDS);
    var _ = timer.scheduleWithFixedDelay(this::forget, 1, 60, TimeUnit.MINUTES);
    dispatcher.start();
  }

  /** There may be something to start. */
  void wake() {
    LockSupport.unpark(dispatcher);
  }

  /** Stops a push if it runs here. */
  void cancel(PushId id) {
    Optional.ofNullable(running.get(id)).ifPresent(push -> push.stop(RunningPush.Stop.CANCELLED));
  }

  private void look() {
    try {
      claims.heartbeat(Set.copyOf(running.keySet())).forEach(this::cancel);
      running.forEach((id, push) -> {
        if (!claims.isOurs(id)) {
          push.stop(RunningPush.Stop.LET_GO);
        }
      });
      claims.takeFromTheDead(false).forEach(sent::erase);
    } catch (RuntimeException e) {
      log.error("the leases of pushes cannot be kept", e);
    }
  }

  private void forget() {
    try {
      claims.forgetOld(KEPT);
      memory.forgetOld();
    } catch (RuntimeException e) {
      log.error("old pushes cannot be forgotten", e);
    }
  }

  private void dispatch() {
    while (!closing) {
      try {
        Optional<PushClaims.Claimed> claimed =
            running.size() < settings.slots() ? claims.claim() : Optional.empty();
        if (claimed.isPresent()) {
          begin(claimed.get());
        } else {
          LockSupport.parkNanos(IDLE);
        }
      } catch (RuntimeException e) {
        log.error("no push could be claimed", e);
        LockSupport.parkNanos(IDLE);
      }
    }
  }

  private void begin(PushClaims.Claimed claimed) {
    var push = new RunningPush(claimed, settings.limit());
    PushId id = push.push().id();
    running.put(id, push);
    Thread thread = Thread.ofPlatform().name("push-" + id).unstarted(() -> work(push));
    synchronized (threads) {
      threads.removeIf(old -> !old.isAlive());
      threads.add(thread);
      thread.start();
    }
  }

  private void work(RunningPush push) {
    PushId id = push.push().id();
    ScheduledFuture<?> deadline =
        timer.schedule(
            () -> push.stop(RunningPush.Stop.TIMEOUT),
            settings.limit().toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      Optional<RunningPush.End> end = push.run(tools);
      if (end.isEmpty()) {
        claims.giveBack(id);
      } else if (claims.end(id, end.get().state(), end.get().failure())) {
        sent.erase(id);
      }
    } catch (RuntimeException e) {
      // Its lease ends by itself; then it is taken up again.
      log.error("push {} could not be ended cleanly", id, e);
    } finally {
      deadline.cancel(false);
      running.remove(id);
      wake();
    }
  }

  /** Starts nothing more; what runs is stopped and queued again. */
  void stop() throws InterruptedException {
    closing = true;
    wake();
    dispatcher.join();
    running.values().forEach(push -> push.stop(RunningPush.Stop.LET_GO));
    List<Thread> left;
    synchronized (threads) {
      left = List.copyOf(threads);
    }
    for (Thread thread : left) {
      thread.join();
    }
    timer.shutdownNow();
  }
}
