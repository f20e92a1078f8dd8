package dev.cairn.service.queue;

import dev.cairn.build.BuildId;
import dev.cairn.build.TenantId;
import dev.cairn.build.WaitReason;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The order in which waiting builds start. Tenants take turns by start-time fair queueing: each has
 * a pass that grows by 1/weight with each start, and the least pass is next; who comes back from a
 * pause begins at the present. Inside a tenant higher priority goes first, then the older build.
 */
final class FairOrder {
  private FairOrder() {}

  /** A build that waits. */
  record Entry(
      BuildId id,
      TenantId tenant,
      int priority,
      Optional<Instant> notBefore,
      boolean draft,
      Optional<String> serialKey,
      boolean needsOpen) {}

  /** What a tenant has. */
  record Share(int weight, int limit, int running, double pass) {}

  /** Everything that decides. */
  record Situation(
      List<Entry> entries,
      Map<TenantId, Share> shares,
      Set<SerialKey> busyKeys,
      double present,
      Instant now) {}

  /** A serial key in use; keys belong to their tenant. */
  record SerialKey(TenantId tenant, String key) {}

  /**
   * A build with its place.
   *
   * @param blocked why it could not start even on a free builder; absent if it could
   * @param pass the pass of its tenant at this turn
   */
  record Place(Entry entry, Optional<WaitReason> blocked, double pass) {}

  /** All that wait, in the order of their start; those that wait for something come last. */
  static List<Place> order(Situation situation) {
    var places = new ArrayList<Place>();
    var later = new ArrayList<Place>();
    var turns = new HashMap<TenantId, Turn>();
    var keys = new HashSet<>(situation.busyKeys());
    var sorted = new ArrayList<>(situation.entries());
    sorted.sort(Comparator.comparingInt((Entry e) -> -e.priority()).thenComparing(Entry::id));
    for (Entry entry : sorted) {
      Optional<WaitReason> reason = ownReason(entry, situation.now());
      if (reason.isEmpty()
          && entry.serialKey().isPresent()
          && !keys.add(new SerialKey(entry.tenant(), entry.serialKey().get()))) {
        reason = Optional.of(WaitReason.SERIAL);
      }
      if (reason.isPresent()) {
        later.add(new Place(entry, reason, 0));
      } else {
        turns
            .computeIfAbsent(
                entry.tenant(), t -> new Turn(share(situation, t), situation.present()))
            .entries
            .add(entry);
      }
    }
    takeTurns(turns.values(), places);
    places.addAll(later);
    return places;
  }

  private static Optional<WaitReason> ownReason(Entry entry, Instant now) {
    if (entry.draft()) {
      return Optional.of(WaitReason.DRAFT);
    }
    if (entry.notBefore().filter(now::isBefore).isPresent()) {
      return Optional.of(WaitReason.NOT_BEFORE);
    }
    return entry.needsOpen() ? Optional.of(WaitReason.NEEDS) : Optional.empty();
  }

  /** A tenant while turns are taken. */
  private static final class Turn {
    private final Share share;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private double pass;
    private int running;

    Turn(Share share, double present) {
      this.share = share;
      this.pass = Math.max(share.pass(), present);
      this.running = share.running();
    }

    Place take() {
      running++;
      var place =
          new Place(
              entries.remove(),
              running > share.limit() ? Optional.of(WaitReason.TENANT_LIMIT) : Optional.empty(),
              pass);
      pass += 1.0 / share.weight();
      return place;
    }
  }

  private static void takeTurns(Collection<Turn> turns, List<Place> places) {
    var order =
        new PriorityQueue<Turn>(
            Comparator.comparingDouble((Turn turn) -> turn.pass)
                .thenComparing(turn -> turn.entries.element().id()));
    order.addAll(turns);
    while (!order.isEmpty()) {
      Turn turn = order.remove();
      places.add(turn.take());
      if (!turn.entries.isEmpty()) {
        order.add(turn);
      }
    }
  }

  private static Share share(Situation situation, TenantId tenant) {
    return situation.shares().getOrDefault(tenant, new Share(1, 1, 0, 0));
  }
}
