package dev.cairn.service.queue;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildState;
import dev.cairn.build.WaitReason;
import dev.cairn.service.Build;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells each waiting build its place. The whole order is computed at most twice a second. */
final class QueuePlaces {
  private static final Duration FRESH = Duration.ofMillis(500);

  private final Store store;
  private final DiskReserve disk;
  private final QueueSettings settings;
  private final Clock clock;
  private Snapshot latest = new Snapshot(Instant.MIN, Map.of());

  private record Snapshot(Instant at, Map<BuildId, Build.Waiting> places) {}

  QueuePlaces(Store store, DiskReserve disk, QueueSettings settings, Clock clock) {
    this.disk = disk;
    this.store = store;
    this.settings = settings;
    this.clock = clock;
  }

  /** The next question computes anew. */
  synchronized void forget() {
    latest = new Snapshot(Instant.MIN, Map.of());
  }

  /** The build with its place, if it waits. */
  Build place(Build build) {
    if (build.state() != BuildState.QUEUED) {
      return build;
    }
    var places = snapshot().places();
    Build.Waiting waiting =
        places.getOrDefault(
            build.id(),
            new Build.Waiting(WaitReason.CAPACITY, places.size() + 1, Optional.empty()));
    return new Build(
        build.id(),
        build.request(),
        build.state(),
        build.phase(),
        Optional.of(waiting),
        build.attempt(),
        build.times(),
        build.cancelRequested(),
        build.failure(),
        build.result());
  }

  private synchronized Snapshot snapshot() {
    Instant now = clock.instant();
    if (latest.at().isAfter(now) || latest.at().isBefore(now.minus(FRESH))) {
      latest = new Snapshot(now, compute(now));
    }
    return latest;
  }

  private Map<BuildId, Build.Waiting> compute(Instant now) {
    record Read(List<FairOrder.Place> order, Optional<Long> usual) {}
    Read read =
        store.read(session ->
            new Read(
                FairOrder.order(QueueRows.toShow(session, now)), QueueRows.usualMillis(session)));
    Map<BuildId, Build.Waiting> places = new HashMap<>();
    boolean noSpace = disk.isLow();
    WaitReason usual = noSpace ? WaitReason.DISK : WaitReason.CAPACITY;
    int position = 0;
    for (FairOrder.Place place : read.order()) {
      position++;
      int rounds = (position - 1) / settings.slots() + 1;
      Optional<Duration> estimate =
          noSpace || place.blocked().filter(reason -> reason != WaitReason.TENANT_LIMIT).isPresent()
              ? Optional.empty()
              : read.usual().map(millis -> Duration.ofMillis(millis * rounds));
      places.put(
          place.entry().id(), new Build.Waiting(place.blocked().orElse(usual), position, estimate));
    }
    return places;
  }
}
