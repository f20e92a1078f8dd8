package dev.cairn.service.collection;

import dev.cairn.oci.Digest;
import dev.cairn.service.GarbageCollection.Gone;
import dev.cairn.service.GarbageCollection.Kind;
import dev.cairn.service.image.BlobRights;
import dev.cairn.service.image.ManifestSubjects;
import dev.cairn.service.store.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Lets go of rows that were not used for too long, so that they reach nothing any more. What it
 * does, it does in a session of the caller: if that is rolled back, it was a plan.
 */
final class RowSweep {
  private static final Duration OPEN_BUILD = Duration.ofDays(2);

  private final Times times;
  private final ManifestSubjects subjects;

  /**
   * Before when something must have been used last in order to go.
   *
   * @param now the present
   * @param records cache records
   * @param packs context packs
   * @param untagged manifests without a tag
   * @param uploads unfinished uploads
   * @param reason why, for people
   */
  record Times(
      Instant now,
      Instant records,
      Instant packs,
      Instant untagged,
      Instant uploads,
      Function<String, String> reason) {

    static Times of(Retention retention, Instant now) {
      return new Times(
          now,
          now.minus(retention.records()),
          now.minus(retention.packs()),
          now.minus(retention.untagged()),
          now.minus(retention.uploads()),
          what -> what + " for longer than is configured");
    }

    /** The same for records and packs, whose last use has to be later than these moments. */
    Times pressed(Instant newRecords, Instant newPacks) {
      return new Times(
          now,
          later(records, newRecords),
          later(packs, newPacks),
          untagged,
          uploads,
          what -> what + " longest, and the disk is nearly full");
    }

    private static Instant later(Instant one, Instant other) {
      return one.isAfter(other) ? one : other;
    }
  }

  RowSweep(Times times, ManifestSubjects subjects) {
    this.times = times;
    this.subjects = subjects;
  }

  /**
   * One pass.
   *
   * @param most rows of a kind; what is left over comes with the next pass
   * @return what went; empty if nothing is left over
   */
  List<Gone> pass(Session session, int most) throws SQLException {
    BlobRights.collecting(session);
    leases(session);
    var gone = new ArrayList<Gone>();
    gone.addAll(uploads(session, most));
    gone.addAll(records(session, most));
    gone.addAll(packs(session, most));
    gone.addAll(untagged(session, most));
    return gone;
  }

  private void leases(Session session) throws SQLException {
    // However long a build waits, as a draft or over restarts, it keeps what it needs.
    Instant open = times.now().plus(OPEN_BUILD);
    session.update(
        """
        UPDATE lease SET until = ? WHERE until < ?
          AND owner IN (SELECT 'build:' || id FROM build WHERE ended = 0)
        """,
        open,
        open);
    session.update("DELETE FROM lease WHERE until < ?", times.now());
    session.update("DELETE FROM idempotency WHERE expires_at < ?", times.now());
  }

  private List<Gone> uploads(Session session, int most) throws SQLException {
    var old =
        session.all(
            "SELECT id, tenant FROM upload WHERE touched_at < ? ORDER BY id LIMIT ?",
            row -> new Named(row.text("id"), row.text("tenant")),
            times.uploads(),
            most);
    for (Named each : old) {
      session.update("DELETE FROM upload WHERE id = ?", each.name());
    }
    return Named.counted(old, Kind.UPLOAD, times.reason().apply("nobody went on with it"));
  }

  private List<Gone> records(Session session, int most) throws SQLException {
    var old =
        session.all(
            "SELECT id, scope FROM cache_record WHERE used_at < ? ORDER BY used_at LIMIT ?",
            row -> new Named(row.text("id"), owner(row.text("scope"))),
            times.records(),
            most);
    for (Named each : old) {
      dropRecord(session, each.name());
    }
    return Named.counted(old, Kind.RECORD, times.reason().apply("no build used it"));
  }

  /** A scope is written owner/name; the owner of a shared one is empty. */
  static String owner(String scope) {
    return scope.substring(0, Math.max(0, scope.indexOf('/')));
  }

  static void dropRecord(Session session, String id) throws SQLException {
    session.update("DELETE FROM record_blob WHERE record = ?", id);
    session.update("DELETE FROM cache_record WHERE id = ?", id);
  }

  private List<Gone> packs(Session session, int most) throws SQLException {
    // A build that waits or runs holds its packs by a lease.
    var old =
        session.all(
            """
            SELECT tenant, digest FROM pack WHERE used_at < ?
              AND digest NOT IN (SELECT digest FROM lease)
            ORDER BY used_at LIMIT ?
            """,
            row -> new Named(row.text("digest"), row.text("tenant")),
            times.packs(),
            most);
    for (Named each : old) {
      dropPack(session, each.tenant(), each.name());
    }
    return Named.counted(old, Kind.PACK, times.reason().apply("no build used it"));
  }

  static void dropPack(Session session, String tenant, String digest) throws SQLException {
    session.update("DELETE FROM pack WHERE tenant = ? AND digest = ?", tenant, digest);
    session.update(
        """
        DELETE FROM pack_part WHERE pack = ?
          AND NOT EXISTS (SELECT 1 FROM pack WHERE digest = pack_part.pack)
        """,
        digest);
  }

  /**
   * Manifests that no tag of their repository names, no index there lists and no subject there
   * carries: with an index that goes, its members are the next pass's.
   */
  private List<Gone> untagged(Session session, int most) throws SQLException {
    // Those of earlier versions have no time of use yet.
    session.update("UPDATE manifest SET used_at = ? WHERE used_at = 0", times.now());
    var old =
        session.all(
            """
            SELECT m.tenant, m.repository, m.digest FROM manifest m WHERE m.used_at < ?
              AND NOT EXISTS (SELECT 1 FROM tag t WHERE t.tenant = m.tenant
                AND t.repository = m.repository AND t.digest = m.digest)
              AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.digest = m.digest AND l.until > ?)
              AND NOT EXISTS (SELECT 1 FROM manifest_blob b JOIN manifest p
                ON p.digest = b.manifest AND p.tenant = m.tenant AND p.repository = m.repository
                WHERE b.digest = m.digest)
            ORDER BY m.used_at LIMIT ?
            """,
            row -> new Member(row.text("tenant"), row.text("repository"), row.text("digest")),
            times.untagged(),
            times.now(),
            most);
    var gone = new ArrayList<Named>();
    for (Member each : old) {
      if (isCarried(session, each)) {
        // It is asked about again when its time is over once more.
        session.update(
            "UPDATE manifest SET used_at = ? WHERE tenant = ? AND repository = ? AND digest = ?",
            times.now(),
            each.tenant(),
            each.repository(),
            each.digest());
        continue;
      }
      for (String table : List.of("referrer", "manifest")) {
        session.update(
            "DELETE FROM " + table + " WHERE tenant = ? AND repository = ? AND digest = ?",
            each.tenant(),
            each.repository(),
            each.digest());
      }
      gone.add(new Named(each.digest(), each.tenant()));
    }
    return Named.counted(gone, Kind.MANIFEST, times.reason().apply("without a tag and not pulled"));
  }

  /** Whether what it is about is in the same repository. */
  private boolean isCarried(Session session, Member member) throws SQLException {
    Optional<Digest> subject = subjects.of(Digest.parse(member.digest()));
    return subject.isPresent()
        && session.exists(
            "SELECT 1 FROM manifest WHERE tenant = ? AND repository = ? AND digest = ?",
            member.tenant(),
            member.repository(),
            subject.get());
  }

  private record Member(String tenant, String repository, String digest) {}
}
