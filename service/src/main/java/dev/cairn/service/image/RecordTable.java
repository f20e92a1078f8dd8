package dev.cairn.service.image;

import dev.cairn.build.BuildId;
import dev.cairn.build.CacheRecords;
import dev.cairn.build.CacheScope;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Digest;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The cache records in the database. */
public final class RecordTable implements CacheRecords {
  private static final Duration LEASE = Duration.ofDays(2);
  private static final int MOST_BYTES = 1 << 20;

  private final Store store;
  private final BlobStore blobs;
  private final Clock clock;

  /** Records in this store about these blobs. */
  public RecordTable(Store store, BlobStore blobs, Clock clock) {
    this.store = store;
    this.blobs = blobs;
    this.clock = clock;
  }

  @Override
  public Optional<CacheRecord> find(
      BuildId leaseTo, List<CacheScope> scopes, String kind, Digest key) {
    boolean any =
        store.read(session -> {
          for (CacheScope scope : scopes) {
            if (session.exists("SELECT 1 FROM cache_record WHERE id = ?", id(scope, kind, key))) {
              return true;
            }
          }
          return false;
        });
    // A miss, the usual case, does not wait for the writer.
    return any
        ? store.writeRelaxed(session -> find(session, leaseTo, scopes, kind, key))
        : Optional.empty();
  }

  private Optional<CacheRecord> find(
      Session session, BuildId leaseTo, List<CacheScope> scopes, String kind, Digest key)
      throws SQLException {
    BlobRights.needing(session);
    for (CacheScope scope : scopes) {
      String id = id(scope, kind, key);
      var found =
          session.one(
              "SELECT * FROM cache_record WHERE id = ?" + session.forUpdate(),
              row -> record(session, row, scope),
              id);
      if (found.isEmpty()) {
        continue;
      }
      if (lease(session, leaseTo, found.get().blobs())) {
        session.update("UPDATE cache_record SET used_at = ? WHERE id = ?", clock.instant(), id);
        return found;
      }
      delete(session, id);
    }
    return Optional.empty();
  }

  private boolean lease(Session session, BuildId build, Set<Digest> digests) throws SQLException {
    try {
      for (Digest digest : digests) {
        if (!blobs.has(digest)
            || !BlobRights.lease(session, "build:" + build, digest, clock.instant(), LEASE)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("the blob store cannot be read", e);
    }
  }

  @Override
  public Optional<CacheRecord> latest(List<CacheScope> scopes, String kind, String step) {
    return store.read(session -> {
      Optional<CacheRecord> newest = Optional.empty();
      for (CacheScope scope : scopes) {
        var found =
            session.one(
                """
                SELECT * FROM cache_record WHERE scope = ? AND kind = ? AND step = ?
                ORDER BY created_at DESC LIMIT 1
                """,
                row -> record(session, row, scope),
                scope,
                kind,
                step);
        if (found.isPresent()
            && (newest.isEmpty() || found.get().createdAt().isAfter(newest.get().createdAt()))) {
          newest = found;
        }
      }
      return newest;
    });
  }

  @Override
  public void write(List<CacheRecord> records) {
    for (CacheRecord record : records) {
      if (record.body().length() > MOST_BYTES) {
        throw new IllegalArgumentException("a cache record has at most 1 MiB");
      }
    }
    store.changeRelaxed(session -> {
      BlobRights.needing(session);
      for (CacheRecord record : records) {
        String id = id(record.scope(), record.kind(), record.key());
        delete(session, id);
        session.update(
            """
            INSERT INTO cache_record (id, scope, kind, name, step, body, created_at, used_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            id,
            record.scope(),
            record.kind(),
            record.key(),
            record.step(),
            record.body(),
            record.createdAt(),
            clock.instant());
        session.updateEach(
            "INSERT INTO record_blob (record, digest) VALUES (?, ?) ON CONFLICT DO NOTHING",
            record.blobs().stream().map(blob -> List.of(id, blob)).toList());
      }
    });
  }

  static void delete(Session session, String id) throws SQLException {
    session.update("DELETE FROM record_blob WHERE record = ?", id);
    session.update("DELETE FROM cache_record WHERE id = ?", id);
  }

  private static String id(CacheScope scope, String kind, Digest key) {
    String text = scope + "\n" + kind + "\n" + key;
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex();
  }

  private static CacheRecord record(Session session, Row row, CacheScope scope)
      throws SQLException {
    var digests =
        session.all(
            "SELECT digest FROM record_blob WHERE record = ?",
            blob -> Digest.parse(blob.text("digest")),
            row.text("id"));
    return new CacheRecord(
        scope,
        row.text("kind"),
        Digest.parse(row.text("name")),
        row.text("step"),
        row.text("body"),
        new HashSet<>(digests),
        row.time("created_at"));
  }
}
