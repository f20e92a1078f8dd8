package dev.cairn.service.pull;

import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Who pulls what: pulls are claimed oldest first, a few per tenant, and held by a lease. One whose
 * process died waits again, up to three attempts; with a login that only that process knew, it has
 * failed.
 */
final class PullQueue {
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final int ATTEMPTS = 3;
  private static final int PER_TENANT = 2;
  private static final long CLAIM_LOCK = 7106;

  /** What a pull says whose login died with its process. */
  private static final String LOGIN_LOST =
      "the server stopped before the image was here, and its login was kept in memory only; pull it"
          + " again with the login";

  private final Store store;
  private final Clock clock;
  private final String owner = UUID.randomUUID().toString();

  PullQueue(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** This process, among those that share the database. */
  String owner() {
    return owner;
  }

  /** Until when a lease taken now counts. */
  Instant leased() {
    return clock.instant().plus(LEASE);
  }

  /** Keeps what is ours and takes up what nobody holds any more. */
  void heartbeat(boolean first) {
    store.changeRelaxed(session -> {
      Instant now = clock.instant();
      session.update(
          "UPDATE image_pull SET lease_until = ? WHERE lease_owner = ? AND state IN ('pending',"
              + " 'pulling')",
          now.plus(LEASE),
          owner);
      // Of other processes nobody lives if the database is ours alone.
      recover(session, first && store.exclusive() ? Long.MAX_VALUE : now.toEpochMilli());
    });
  }

  private void recover(Session session, long until) throws SQLException {
    session.update(
        """
        UPDATE image_pull SET state = 'failed', error = ?, lease_owner = NULL
        WHERE login = 1 AND state IN ('pending', 'pulling') AND lease_owner <> ?
          AND lease_until < ?
        """,
        LOGIN_LOST,
        owner,
        until);
    session.update(
        """
        UPDATE image_pull SET state = 'failed', lease_owner = NULL,
          error = 'the server died during each of ' || attempt || ' attempts; pull it again'
        WHERE state = 'pulling' AND attempt >= ? AND lease_owner <> ? AND lease_until < ?
        """,
        ATTEMPTS,
        owner,
        until);
    session.update(
        """
        UPDATE image_pull SET state = 'pending', lease_owner = NULL
        WHERE state = 'pulling' AND lease_owner <> ? AND lease_until < ?
        """,
        owner,
        until);
  }

  /** Takes the next pull, if one can start. */
  Optional<PullRows.Claimed> claim() {
    return store.write(session -> {
      session.serialise(CLAIM_LOCK);
      var next =
          session.one(
              """
              SELECT * FROM image_pull p WHERE state = 'pending'
                AND (login = 0 OR lease_owner = ?)
                AND (SELECT count(*) FROM image_pull r
                  WHERE r.tenant = p.tenant AND r.state = 'pulling') < ?
              ORDER BY created_at, id LIMIT 1
              """,
              PullRows::claimed,
              owner,
              PER_TENANT);
      if (next.isPresent()) {
        session.update(
            """
            UPDATE image_pull SET state = 'pulling', attempt = attempt + 1, lease_owner = ?,
              lease_until = ? WHERE id = ?
            """,
            owner,
            leased(),
            next.get().id());
      }
      return next;
    });
  }

  /** Whether the pull is still wanted and ours. */
  boolean holds(Session session, String id) throws SQLException {
    return session.exists(
        "SELECT 1 FROM image_pull WHERE id = ? AND lease_owner = ? AND state = 'pulling'"
            + session.forUpdate(),
        id,
        owner);
  }

  /** Ends a pull without an image. */
  void fail(String id, String error) {
    store.change(session ->
        session.update(
            """
            UPDATE image_pull SET state = 'failed', error = ?, lease_owner = NULL
            WHERE id = ? AND lease_owner = ? AND state = 'pulling'
            """,
            error,
            id,
            owner));
  }

  /** Before this process ends: lets go of everything, to be gone on with after the next start. */
  void letGo() {
    store.change(session -> {
      session.update(
          """
          UPDATE image_pull SET state = 'failed', error = ?, lease_owner = NULL
          WHERE login = 1 AND lease_owner = ? AND state IN ('pending', 'pulling')
          """,
          LOGIN_LOST,
          owner);
      session.update(
          """
          UPDATE image_pull SET state = 'pending', attempt = attempt - 1, lease_owner = NULL
          WHERE lease_owner = ? AND state = 'pulling'
          """,
          owner);
    });
  }
}
