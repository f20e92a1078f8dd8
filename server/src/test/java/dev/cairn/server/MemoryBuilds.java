package dev.cairn.server;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildState;
import dev.cairn.build.TenantId;
import dev.cairn.service.Build;
import dev.cairn.service.BuildQuery;
import dev.cairn.service.Builds;
import dev.cairn.service.Events;
import dev.cairn.service.Page;
import dev.cairn.service.ServiceException;
import dev.cairn.service.Submission;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Builds and their logs in memory; a test moves them from state to state. */
public final class MemoryBuilds implements Builds, Events {
  private final TreeMap<BuildId, Build> builds = new TreeMap<>();
  private final Map<BuildId, List<BuildEvent>> logs = new HashMap<>();
  private final Map<String, BuildId> keys = new HashMap<>();
  private final SecureRandom random = new SecureRandom();
  public final List<Submission> submissions = new ArrayList<>();

  @Override
  public synchronized BuildId newId() {
    return BuildId.next(Instant.now(), random);
  }

  @Override
  public synchronized Accepted accept(Submission s) {
    if (s.idempotency().isPresent()) {
      var key = s.idempotency().get();
      BuildId earlier = keys.get(key.key());
      if (earlier != null && key.replay()) {
        return new Accepted(Objects.requireNonNull(builds.get(earlier)), false);
      }
      keys.put(key.key(), s.id());
    }
    submissions.add(s);
    var build =
        new Build(
            s.id(),
            s.request(),
            BuildState.QUEUED,
            Optional.empty(),
            Optional.empty(),
            0,
            new Build.Times(Instant.now(), Optional.empty(), Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    builds.put(s.id(), build);
    logs.put(s.id(), new ArrayList<>());
    append(s.id(), new BuildEvent.StateChanged(BuildState.QUEUED, Optional.empty()));
    return new Accepted(build, true);
  }

  /** Moves a build on and logs it. */
  public synchronized void move(BuildId id, BuildState state, Optional<Build.Outcome> outcome) {
    Build old = Objects.requireNonNull(builds.get(id));
    var now = Instant.now();
    builds.put(
        id,
        new Build(
            id,
            old.request(),
            state,
            Optional.empty(),
            Optional.empty(),
            1,
            new Build.Times(
                old.times().accepted(),
                old.times().started().or(() -> Optional.of(now)),
                state.isFinal() ? Optional.of(now) : Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            outcome));
    append(id, new BuildEvent.StateChanged(state, Optional.empty()));
  }

  /** Adds an event. */
  public synchronized void append(BuildId id, BuildEvent.Body body) {
    var log = Objects.requireNonNull(logs.get(id));
    log.add(new BuildEvent(log.size() + 1, Instant.now(), body));
    notifyAll();
  }

  @Override
  public synchronized Optional<Build> get(TenantId tenant, BuildId id) {
    return Optional.ofNullable(builds.get(id)).filter(b -> b.tenant().equals(tenant));
  }

  @Override
  public synchronized Page<Build> list(TenantId tenant, BuildQuery query) {
    var found =
        builds.descendingMap().values().stream()
            .filter(b -> b.tenant().equals(tenant))
            .filter(b -> b.labels().entrySet().containsAll(query.labels().entrySet()))
            .filter(b -> query.states().isEmpty() || query.states().contains(b.state()))
            .toList();
    return new Page<>(found, Optional.empty());
  }

  @Override
  public synchronized Cancellation cancel(TenantId tenant, BuildId id, String who, String why) {
    var build = get(tenant, id);
    if (build.isEmpty()) {
      return Cancellation.UNKNOWN;
    }
    if (build.get().state().isFinal()) {
      return Cancellation.ENDED;
    }
    boolean queued = build.get().state() == BuildState.QUEUED;
    move(id, BuildState.CANCELLED, Optional.empty());
    return queued ? Cancellation.CANCELLED : Cancellation.STOPPING;
  }

  @Override
  public boolean release(TenantId tenant, BuildId id) {
    return false;
  }

  @Override
  public QueueInfo queue() {
    return new QueueInfo(0, 0, 2, true);
  }

  @Override
  public Optional<BuildId> byAlias(TenantId tenant, String dialect, String alias) {
    return Optional.empty();
  }

  @Override
  public void alias(TenantId tenant, String dialect, String alias, BuildId id) {}

  @Override
  public synchronized Slice read(TenantId tenant, BuildId id, long from, int most) {
    if (get(tenant, id).isEmpty()) {
      throw ServiceException.notFound("build");
    }
    var log = Objects.requireNonNull(logs.get(id));
    int first = (int) Math.min(from - 1, log.size());
    var part = log.subList(first, Math.min(log.size(), first + most));
    long next = first + part.size() + 1L;
    boolean complete =
        Objects.requireNonNull(builds.get(id)).state().isFinal() && next > log.size();
    return new Slice(part, next, complete);
  }

  @Override
  public synchronized Slice follow(
      TenantId tenant, BuildId id, long from, int most, Duration timeout)
      throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    Slice slice = read(tenant, id, from, most);
    while (slice.events().isEmpty() && !slice.complete()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      wait(left);
      slice = read(tenant, id, from, most);
    }
    return slice;
  }
}
