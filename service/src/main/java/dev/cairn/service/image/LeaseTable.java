package dev.cairn.service.image;

import dev.cairn.build.BlobLeases;
import dev.cairn.build.BuildId;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.Leases;
import dev.cairn.oci.Digest;
import dev.cairn.service.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
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

  @Override
  public void lease(BuildId build, Collection<Digest> blobs) {
    lease("build:" + build, blobs, BUILD);
  }

  @Override
  public void grant(TenantId tenant, Collection<Digest> blobs) {
    store.change(session -> BlobRights.grant(session, tenant, blobs, clock.instant()));
  }

  @Override
  public void grantPublic(Collection<Digest> blobs) {
    store.change(session -> BlobRights.grantPublic(session, blobs, clock.instant()));
  }

  @Override
  public boolean forgetUnlessNeeded(Digest digest) {
    return store.write(session -> {
      BlobRights.collecting(session);
      Instant now = clock.instant();
      // The collector asks for one blob after another, so the one before is deleted by now.
      session.update("DELETE FROM blob_going");
      boolean needed =
          session.exists(
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
      if (needed) {
        return false;
      }
      session.update("DELETE FROM blob_right WHERE digest = ?", digest);
      session.update("DELETE FROM lease WHERE digest = ?", digest);
      session.update("DELETE FROM manifest_blob WHERE manifest = ?", digest);
      session.update("INSERT INTO blob_going (digest, since) VALUES (?, ?)", digest, now);
      return true;
    });
  }

  /** Everything that rows reach now. */
  Set<Digest> reached() {
    return store.read(session ->
        new HashSet<>(
            session.all(
                """
                SELECT digest FROM lease WHERE until > ? UNION SELECT digest FROM record_blob
                UNION SELECT digest FROM manifest UNION SELECT digest FROM manifest_blob
                UNION SELECT digest FROM pack UNION SELECT digest FROM pack_part
                """,
                row -> Digest.parse(row.text("digest")),
                clock.instant())));
  }

  /** Nothing is being deleted any more. */
  void clearGoing() {
    store.change(session -> session.update("DELETE FROM blob_going"));
  }
}
