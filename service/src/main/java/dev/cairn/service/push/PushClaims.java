package dev.cairn.service.push;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildFailure;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Phase;
import dev.cairn.build.TenantId;
import dev.cairn.service.Push;
import dev.cairn.service.PushId;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Leases of pushes: claiming, keeping, giving back, and taking them from the dead. */
final class PushClaims {
  /** How often a push is begun whose server dies meanwhile. */
  static final int ATTEMPTS = 5;

  /** The lock under which processes claim one after another. */
  private static final long CLAIM_LOCK = 7106;

  private static final int MOST_LOOKED_AT = 200;

  private final Store store;
  private final Clock clock;
  private final Duration lease;
  private final String owner;

  PushClaims(Store store, Clock clock, Duration lease, String owner) {
    this.store = store;
    this.clock = clock;
    this.lease = lease;
    this.owner = owner;
  }

  /**
   * A push that is ours now.
   *
   * @param sendsLogin whether a login came with it
   */
  record Claimed(TenantId tenant, Push push, boolean sendsLogin) {}

  private record Waiting(PushId id, String place) {}

  /** Takes the next push: of the tenant with the fewest running, its oldest that may run. */
  Optional<Claimed> claim() {
    return store.write(session -> {
      session.serialise(CLAIM_LOCK);
      Map<String, Set<String>> busy = new HashMap<>();
      session.all(
          "SELECT tenant, place FROM push WHERE ended = 0 AND state = 'running'",
          row ->
              busy.computeIfAbsent(row.text("tenant"), _ -> new HashSet<>())
                  .add(row.text("place")));
      List<String> tenants =
          new ArrayList<>(
              session.all(
                  """
                  SELECT tenant FROM push WHERE ended = 0 AND state = 'queued'
                  GROUP BY tenant ORDER BY MIN(id)
                  """,
                  row -> row.text("tenant")));
      tenants.sort(Comparator.comparingInt(tenant -> busy.getOrDefault(tenant, Set.of()).size()));
      for (String tenant : tenants) {
        Optional<Claimed> claimed = claim(session, tenant, busy.getOrDefault(tenant, Set.of()));
        if (claimed.isPresent()) {
          return claimed;
        }
      }
      return Optional.empty();
    });
  }

  /**
   * One push at a time goes to a repository of a tenant, in the order of their coming: so the last
   * one moves the tag last.
   */
  private Optional<Claimed> claim(Session session, String tenant, Set<String> busy)
      throws SQLException {
    List<Waiting> waiting =
        session.all(
            """
            SELECT id, place FROM push WHERE ended = 0 AND state = 'queued' AND tenant = ?
            ORDER BY id LIMIT ?
            """,
            row -> new Waiting(new PushId(row.text("id")), row.text("place")),
            tenant,
            MOST_LOOKED_AT);
    for (Waiting each : waiting) {
      if (!busy.contains(each.place())) {
        Instant now = clock.instant();
        session.update(
            """
            UPDATE push SET state = 'running', attempt = attempt + 1, lease_owner = ?,
              lease_until = ?, started_at = COALESCE(started_at, ?)
            WHERE id = ?
            """,
            owner,
            now.plus(lease),
            now,
            each.id());
        return session.one("SELECT * FROM push WHERE id = ?", PushClaims::claimed, each.id());
      }
    }
    return Optional.empty();
  }

  private static Claimed claimed(Row row) throws SQLException {
    return new Claimed(
        new TenantId(row.text("tenant")), PushRows.push(row), row.flag("sends_login"));
  }

  /** Keeps the leases of what runs here; tells which of it is to be stopped. */
  Set<PushId> heartbeat(Set<PushId> running) {
    List<PushId> here = running.stream().sorted().toList();
    return store.writeRelaxed(session -> {
      Instant now = clock.instant();
      // What could not be ended properly runs no more, and is left to end its lease.
      session.updateEach(
          "UPDATE push SET lease_until = ? WHERE id = ? AND lease_owner = ? AND ended = 0",
          here.stream().map(id -> List.of(now.plus(lease), id, owner)).toList());
      // However long a push waits, it keeps what it sends.
      session.update(
          """
          UPDATE lease SET until = ? WHERE until < ?
            AND owner IN (SELECT 'export:' || id FROM push WHERE ended = 0)
          """,
          now.plus(PushTable.HELD),
          now.plus(PushTable.HELD.dividedBy(2)));
      return new HashSet<>(
          session.all(
              """
              SELECT id FROM push WHERE lease_owner = ? AND ended = 0 AND cancel_at IS NOT NULL
              """,
              row -> new PushId(row.text("id")),
              owner));
    });
  }

  /** Which of these is still ours. */
  boolean isOurs(PushId id) {
    return store.read(session ->
        session.exists(
            "SELECT 1 FROM push WHERE id = ? AND lease_owner = ? AND ended = 0", id, owner));
  }

  /**
   * Queues what a dead process left; what was begun too often, or was to be cancelled, ends.
   *
   * @param all whether everything that runs was left by a dead one
   * @return what has ended
   */
  List<PushId> takeFromTheDead(boolean all) {
    return store.write(session -> {
      session.serialise(CLAIM_LOCK);
      Instant now = clock.instant();
      List<PushId> ended = new ArrayList<>();
      record Left(PushId id, String owner, int attempt, boolean cancel) {}
      for (Left left :
          session.all(
              """
              SELECT id, lease_owner, attempt, cancel_at FROM push
              WHERE ended = 0 AND state = 'running' AND (lease_until < ? OR ? = 1)
              """,
              row ->
                  new Left(
                      new PushId(row.text("id")),
                      row.optionalText("lease_owner").orElse(""),
                      (int) row.number("attempt"),
                      row.optionalTime("cancel_at").isPresent()),
              now,
              all)) {
        boolean over = left.cancel() || left.attempt() >= ATTEMPTS;
        if (over) {
          PushRows.end(
              session,
              left.id(),
              Optional.of(left.owner()),
              left.cancel() ? Push.State.CANCELLED : Push.State.FAILED,
              left.cancel() ? Optional.empty() : Optional.of(lost(left.attempt())),
              now);
          ended.add(left.id());
        } else {
          queueAgain(session, left.id(), 0);
        }
      }
      return ended;
    });
  }

  private static BuildFailure lost(int attempt) {
    return BuildException.of(FailureKind.BUILDER_LOST, "push-lost")
        .retryable()
        .remedy("push again; if it happens again, tell the operator the push's id")
        .sentence("the server died " + attempt + " times during this push")
        .toFailure(Phase.PUBLISH, attempt, ATTEMPTS);
  }

  /** Our server goes down: the push waits again and has lost no attempt. */
  void giveBack(PushId id) {
    store.change(session -> {
      if (session.exists(
          "SELECT 1 FROM push WHERE id = ? AND lease_owner = ? AND ended = 0", id, owner)) {
        queueAgain(session, id, 1);
      }
    });
  }

  private static void queueAgain(Session session, PushId id, int attempts) throws SQLException {
    session.update(
        """
        UPDATE push SET state = 'queued', attempt = attempt - ?, lease_owner = NULL,
          lease_until = NULL
        WHERE id = ?
        """,
        attempts,
        id);
  }

  /** The end of a push of ours; false if it is not ours any more. */
  boolean end(PushId id, Push.State state, Optional<BuildFailure> failure) {
    return store.write(
        session -> PushRows.end(session, id, Optional.of(owner), state, failure, clock.instant()));
  }

  /** How far a push of ours has come. */
  void progress(PushId id, String progress) {
    store.changeRelaxed(session ->
        session.update(
            "UPDATE push SET progress = ? WHERE id = ? AND lease_owner = ? AND ended = 0",
            progress,
            id,
            owner));
  }

  /** Forgets what ended long ago. */
  void forgetOld(Duration kept) {
    store.changeRelaxed(session ->
        session.update(
            "DELETE FROM push WHERE ended = 1 AND completed_at < ?", clock.instant().minus(kept)));
  }
}
