package dev.cairn.service.image;

import dev.cairn.build.BuildId;
import dev.cairn.content.blob.BlobCollector;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.service.Metrics;
import dev.cairn.service.log.LogDirectory;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Lets go of what is old, then deletes the bytes that nothing reaches any more. */
public final class Collector {
  private static final Duration GRACE = Duration.ofHours(1);
  private static final Duration OPEN_BUILD = Duration.ofDays(2);

  /**
   * How long things are kept without being used.
   *
   * @param builds ended builds and their logs
   * @param records cache records
   * @param packs context packs
   * @param uploads unfinished uploads
   */
  public record Retention(Duration builds, Duration records, Duration packs, Duration uploads) {
    /** When nothing else is configured. */
    public static final Retention DEFAULT =
        new Retention(
            Duration.ofDays(90), Duration.ofDays(30), Duration.ofDays(3), Duration.ofDays(1));
  }

  private final Store store;
  private final BlobStore blobs;
  private final LeaseTable leases;
  private final LogDirectory logs;
  private final Retention retention;
  private final Clock clock;
  private final Metrics metrics;

  /** A collector of this store, these blobs and these logs. */
  public Collector(
      Store store,
      BlobStore blobs,
      LeaseTable leases,
      LogDirectory logs,
      Retention retention,
      Clock clock,
      Metrics metrics) {
    this.store = store;
    this.blobs = blobs;
    this.leases = leases;
    this.logs = logs;
    this.retention = retention;
    this.clock = clock;
    this.metrics = metrics;
  }

  /** One run; one at a time. */
  public synchronized BlobCollector.Collected collect() throws IOException {
    Instant now = clock.instant();
    leases.clearGoing();
    forgetRows(now);
    for (BuildId id : forgetBuilds(now.minus(retention.builds()))) {
      logs.delete(id);
    }
    logs.sweep(
        id -> store.read(session -> session.exists("SELECT 1 FROM build WHERE id = ?", id)),
        now.minus(GRACE));
    blobs.dropUploads(now.minus(retention.uploads()));
    var collected = new BlobCollector(blobs, leases, GRACE, clock).collect(leases::reached);
    leases.clearGoing();
    metrics.record(Metrics.Measure.COLLECTED_BLOBS, (double) collected.removed());
    metrics.record(Metrics.Measure.COLLECTED_BYTES, (double) collected.bytes());
    return collected;
  }

  private void forgetRows(Instant now) {
    store.change(session -> {
      BlobRights.collecting(session);
      // However long a build waits, as a draft or over restarts, it keeps what it needs.
      session.update(
          """
          UPDATE lease SET until = ? WHERE until < ?
            AND owner IN (SELECT 'build:' || id FROM build WHERE ended = 0)
          """,
          now.plus(OPEN_BUILD),
          now.plus(OPEN_BUILD));
      session.update("DELETE FROM lease WHERE until < ?", now);
      session.update("DELETE FROM idempotency WHERE expires_at < ?", now);
      session.update("DELETE FROM upload WHERE touched_at < ?", now.minus(retention.uploads()));
      session.update(
          """
          DELETE FROM record_blob WHERE record IN
            (SELECT id FROM cache_record WHERE used_at < ?)
          """,
          now.minus(retention.records()));
      session.update("DELETE FROM cache_record WHERE used_at < ?", now.minus(retention.records()));
      // A build that waits or runs holds its packs by a lease.
      session.update(
          """
          DELETE FROM pack WHERE used_at < ? AND digest NOT IN (SELECT digest FROM lease)
          """,
          now.minus(retention.packs()));
      session.update("DELETE FROM pack_part WHERE pack NOT IN (SELECT digest FROM pack)");
    });
  }

  private List<BuildId> forgetBuilds(Instant before) {
    return store.write(session -> {
      List<BuildId> old =
          session.all(
              "SELECT id FROM build WHERE ended = 1 AND completed_at < ? LIMIT 1000",
              row -> BuildId.parse(row.text("id")),
              before);
      for (BuildId id : old) {
        session.update("DELETE FROM build_label WHERE build = ?", id);
        session.update("DELETE FROM build_alias WHERE build = ?", id);
        session.update("DELETE FROM build WHERE id = ?", id);
      }
      return old;
    });
  }
}
