package dev.cairn.service.queue;

import dev.cairn.build.BuildId;
import dev.cairn.build.TenantId;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what decides about the order of the queue. */
final class QueueRows {
  /** Of each tenant so many are looked at when a build is claimed. */
  private static final int PER_TENANT = 500;

  private static final String RUNNING = "('preparing', 'building', 'publishing')";

  private QueueRows() {}

  /** The situation, to claim from: without builds that wait for a time or a release. */
  static FairOrder.Situation toClaim(Session session, Instant now) throws SQLException {
    return situation(
        session,
        now,
        session.all(
            """
            SELECT * FROM (
              SELECT id, tenant, priority, not_before, draft, serial_key, needs,
                row_number() OVER (PARTITION BY tenant ORDER BY priority DESC, id) AS place
              FROM build WHERE state = 'queued' AND draft = 0
                AND (not_before IS NULL OR not_before <= ?)
                AND (queue_until IS NULL OR queue_until >= ? OR started_at IS NOT NULL)) AS ready
            WHERE place <= ?
            """,
            row -> waiting(session, row),
            now,
            now,
            PER_TENANT));
  }

  /** The whole situation, to tell everybody's place. */
  static FairOrder.Situation toShow(Session session, Instant now) throws SQLException {
    return situation(
        session,
        now,
        session.all(
            """
            SELECT id, tenant, priority, not_before, draft, serial_key, needs
            FROM build WHERE state = 'queued'
            """,
            row -> waiting(session, row)));
  }

  private static FairOrder.Situation situation(
      Session session, Instant now, List<FairOrder.Entry> entries) throws SQLException {
    Map<String, Integer> running = new HashMap<>();
    session.all(
        "SELECT tenant, count(*) AS n FROM build WHERE state IN "
            + RUNNING
            + " AND ended = 0 GROUP BY tenant",
        row -> running.put(row.text("tenant"), (int) row.number("n")));
    Map<TenantId, FairOrder.Share> shares = new HashMap<>();
    session.all(
        "SELECT id, weight, running, pass FROM tenant",
        row ->
            shares.put(
                new TenantId(row.text("id")),
                new FairOrder.Share(
                    (int) row.number("weight"),
                    (int) row.number("running"),
                    running.getOrDefault(row.text("id"), 0),
                    row.fraction("pass"))));
    Set<FairOrder.SerialKey> busy =
        new HashSet<>(
            session.all(
                "SELECT tenant, serial_key FROM build WHERE serial_key IS NOT NULL AND ended = 0 AND state IN "
                    + RUNNING,
                row ->
                    new FairOrder.SerialKey(
                        new TenantId(row.text("tenant")), row.text("serial_key"))));
    double present =
        session
            .one("SELECT pass FROM queue_clock WHERE id = 1", row -> row.fraction("pass"))
            .orElse(0.0);
    return new FairOrder.Situation(entries, shares, busy, present, now);
  }

  private static FairOrder.Entry waiting(Session session, Row row) throws SQLException {
    boolean needsOpen = false;
    for (BuildId need : needs(row)) {
      needsOpen |= !session.exists("SELECT 1 FROM build WHERE id = ? AND state = 'ready'", need);
    }
    return new FairOrder.Entry(
        BuildId.parse(row.text("id")),
        new TenantId(row.text("tenant")),
        (int) row.number("priority"),
        row.optionalTime("not_before"),
        row.flag("draft"),
        row.optionalText("serial_key"),
        needsOpen);
  }

  static List<BuildId> needs(Row row) throws SQLException {
    String text = row.text("needs");
    return text.isEmpty() ? List.of() : Arrays.stream(text.split(" ")).map(BuildId::parse).toList();
  }

  /** Notes that a tenant had its turn. */
  static void tookTurn(Session session, FairOrder.Place place) throws SQLException {
    session.update("UPDATE queue_clock SET pass = ? WHERE id = 1", place.pass());
    session.update(
        "UPDATE tenant SET pass = ? + 1.0 / weight WHERE id = ?",
        place.pass(),
        place.entry().tenant());
  }

  /** The median time of the builds that ended last, to guess from. */
  static Optional<Long> usualMillis(Session session) throws SQLException {
    List<Long> times =
        session.all(
            """
            SELECT completed_at - started_at AS millis FROM build
            WHERE ended = 1 AND state = 'ready' AND started_at IS NOT NULL
            ORDER BY completed_at DESC LIMIT 50
            """,
            row -> row.number("millis"));
    return times.isEmpty()
        ? Optional.empty()
        : Optional.of(times.stream().sorted().toList().get(times.size() / 2));
  }
}
