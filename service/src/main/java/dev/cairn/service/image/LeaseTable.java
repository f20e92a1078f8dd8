package dev.cairn.service.image;

import dev.cairn.build.BlobLeases;
import dev.cairn.build.BuildId;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.Leases;
import dev.cairn.oci.Digest;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The leases in the database, for builds and for whoever works with blobs. */
public final class LeaseTable implements Leases, BlobLeases {
  /** A build's leases outlive every build; they end with it. */
  private static final Duration BUILD = Duration.ofDays(2);

  private final Store store;
  private final Clock clock;

  /** Leases in this store. What was being deleted when the process died is not any more. */
  public LeaseTable(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
    if (store.exclusive()) {
      clearGoing();
    }
  }

  @Override
  public Set<Digest> lease(String owner, Collection<Digest> digests, Duration time) {
    return store.write(session -> {
      var gone = new HashSet<Digest>();
      for (Digest digest : digests) {
        if (!BlobRights.lease(session, owner, digest, clock.instant(), time)) {
          gone.add(digest);
        }
      }
      return gone;
    });
  }

  @Override
  public void extend(String owner, Duration time) {
    store.change(session ->
        session.update(
            "UPDATE lease SET until = ? WHERE owner = ?", clock.instant().plus(time), owner));
  }

  @Override
  public void release(String owner) {
    store.change(session -> session.update("DELETE FROM lease WHERE owner = ?", owner));
  }

  /**
   * A build names what it has just stored, or what it found and holds already; so it is here, even
   * if an older copy of it was being deleted a moment ago.
   */
  @Override
  public void lease(BuildId build, Collection<Digest> blobs) {
    // Whatever a power cut may undo of it, it undoes of the build's work too.
    store.changeRelaxed(session -> {
      for (Digest digest : blobs) {
        BlobRights.arrived(session, "build:" + build, digest, clock.instant(), BUILD);
      }
    });
  }

  @Override
  public void grant(TenantId tenant, Collection<Digest> blobs) {
    store.changeRelaxed(session -> BlobRights.grant(session, tenant, blobs, clock.instant()));
  }

  @Override
  public void grantPublic(Collection<Digest> blobs) {
    store.changeRelaxed(session -> BlobRights.grantPublic(session, blobs, clock.instant()));
  }

  @Override
  public Map<Digest, String> forgetUnneeded(Collection<Digest> digests) {
    return store.write(session -> {
      BlobRights.collecting(session);
      Instant now = clock.instant();
      // The collector asks for one batch after another, so the one before is deleted by now.
      session.update("DELETE FROM blob_going");
      var forgotten = new HashMap<Digest, String>();
      for (Digest digest : digests) {
        if (!isNeeded(session, digest, now)) {
          forgotten.put(digest, owner(session, digest));
          session.update("DELETE FROM blob_right WHERE digest = ?", digest);
          session.update("DELETE FROM repository_blob WHERE digest = ?", digest);
          session.update("DELETE FROM lease WHERE digest = ?", digest);
          session.update("DELETE FROM manifest_blob WHERE manifest = ?", digest);
          session.update("INSERT INTO blob_going (digest, since) VALUES (?, ?)", digest, now);
        }
      }
      return forgotten;
    });
  }

  private static boolean isNeeded(Session session, Digest digest, Instant now) throws SQLException {
    return session.exists(
        """
        SELECT 1 WHERE EXISTS (SELECT 1 FROM lease WHERE digest = ? AND until > ?)
          OR EXISTS (SELECT 1 FROM record_blob WHERE digest = ?)
          OR EXISTS (SELECT 1 FROM manifest WHERE digest = ?)
          OR EXISTS (SELECT 1 FROM manifest_blob WHERE digest = ?)
          OR EXISTS (SELECT 1 FROM pack WHERE digest = ?)
          OR EXISTS (SELECT 1 FROM pack_part WHERE digest = ?)
        """,
        digest,
        now,
        digest,
        digest,
        digest,
        digest,
        digest);
  }

  /** Whose the bytes are: a tenant, or nothing for several, everybody or nobody. */
  public static String owner(Session session, Digest digest) throws SQLException {
    List<String> tenants =
        session.all(
            "SELECT tenant FROM blob_right WHERE digest = ? LIMIT 2",
            row -> row.text("tenant"),
            digest);
    return tenants.size() == 1 ? tenants.getFirst() : "";
  }

  /**
   * Everything that rows reach now. What only a forgotten manifest names is not among it, although
   * its rows go with the manifest and not before.
   */
  public static Set<Digest> reached(Session session, Instant now) throws SQLException {
    return new HashSet<>(
        session.all(
            """
            WITH RECURSIVE reached(digest) AS (
              SELECT digest FROM lease WHERE until > ? UNION SELECT digest FROM record_blob
              UNION SELECT digest FROM manifest UNION SELECT digest FROM pack
              UNION SELECT digest FROM pack_part
              UNION SELECT b.digest FROM manifest_blob b JOIN reached r ON b.manifest = r.digest
            ) SELECT digest FROM reached
            """,
            row -> Digest.parse(row.text("digest")),
            now));
  }

  /** Nothing is being deleted any more. */
  public void clearGoing() {
    store.change(session -> session.update("DELETE FROM blob_going"));
  }

  /** Everything that rows reach at this moment. */
  public Set<Digest> reached() {
    return store.read(session -> reached(session, clock.instant()));
  }
}
