package dev.cairn.service.image;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.service.store.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Rows that say which tenant may have which bytes, and which bytes are in use. */
public final class BlobRights {
  private static final String EVERYBODY = "";

  /** Collection is alone with it; whoever begins to need a blob shares it. */
  private static final long NEED_LOCK = 7102;

  private BlobRights() {}

  /**
   * Before a transaction makes something need a blob. Without it, collection could miss a need that
   * is not committed yet and whoever needs could miss that collection decided.
   */
  public static void needing(Session session) throws SQLException {
    session.share(NEED_LOCK);
  }

  /** Before a transaction decides that nothing needs a blob. */
  public static void collecting(Session session) throws SQLException {
    session.serialise(NEED_LOCK);
  }

  static void grant(Session session, TenantId tenant, Collection<Digest> blobs, Instant now)
      throws SQLException {
    grant(session, tenant.value(), blobs, now);
  }

  /** Gives everybody the right to bytes that a registry gives to everybody. */
  public static void grantPublic(Session session, Collection<Digest> blobs, Instant now)
      throws SQLException {
    grant(session, EVERYBODY, blobs, now);
  }

  private static void grant(Session session, String tenant, Collection<Digest> blobs, Instant now)
      throws SQLException {
    session.updateEach(
        "INSERT INTO blob_right (digest, tenant, granted_at) VALUES (?, ?, ?) ON CONFLICT DO"
            + " NOTHING",
        blobs.stream().sorted().map(blob -> List.of(blob, tenant, now)).toList());
  }

  /** Whether everybody has the right to the blob. */
  public static boolean isPublic(Session session, Digest blob) throws SQLException {
    return session.exists(
        "SELECT 1 FROM blob_right WHERE digest = ? AND tenant = ?", blob, EVERYBODY);
  }

  static boolean has(Session session, TenantId tenant, Digest blob) throws SQLException {
    return session.exists(
        "SELECT 1 FROM blob_right WHERE digest = ? AND tenant IN (?, '')", blob, tenant);
  }

  /** Takes or extends a lease of a blob that has just been stored, so that it is here for sure. */
  public static void arrived(Session session, String owner, Digest blob, Instant now, Duration time)
      throws SQLException {
    needing(session);
    session.update("DELETE FROM blob_going WHERE digest = ?", blob);
    lease(session, owner, blob, now, time);
  }

  /**
   * Whether the owner holds the blob for at least half of this time yet. Then it need not be
   * written again, and many pulls of one image do not wait for the writer.
   */
  static boolean holds(Session session, String owner, Digest blob, Instant now, Duration time)
      throws SQLException {
    return session.exists(
        "SELECT 1 FROM lease WHERE digest = ? AND owner = ? AND until > ?",
        blob,
        owner,
        now.plus(time.dividedBy(2)));
  }

  /** Takes or extends a lease; false if the blob is being deleted right now. */
  public static boolean lease(
      Session session, String owner, Digest blob, Instant now, Duration time) throws SQLException {
    needing(session);
    if (session.exists("SELECT 1 FROM blob_going WHERE digest = ?", blob)) {
      return false;
    }
    Instant until = now.plus(time);
    session.update(
        """
        INSERT INTO lease (digest, owner, until) VALUES (?, ?, ?)
        ON CONFLICT (digest, owner) DO UPDATE SET until =
          CASE WHEN lease.until > excluded.until THEN lease.until ELSE excluded.until END
        """,
        blob,
        owner,
        until);
    return true;
  }
}
