package dev.cairn.service.collection;

import dev.cairn.content.blob.BlobCollector;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Digest;
import dev.cairn.service.GarbageCollection;
import dev.cairn.service.Metrics;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.image.BlobRights;
import dev.cairn.service.image.LeaseTable;
import dev.cairn.service.image.ManifestSubjects;
import dev.cairn.service.log.LogDirectory;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Lets go of what is old, then deletes the bytes that nothing reaches any more, while pushes and
 * builds go on:
 *
 * <ol>
 *   <li>rows that were not used for too long go, a batch per transaction;
 *   <li>rows whose bytes are lost go, if they can be made again;
 *   <li>blobs that are older than the grace period and that no row reaches go: first their rows, in
 *       a transaction that asks once more whether something needs them, then their files;
 *   <li>what this machine keeps to be faster is brought down to its usual room.
 * </ol>
 */
public final class Collector implements GarbageCollection {
  private static final int BATCH = 2000;

  private final Store store;
  private final AuditLog audit;
  private final BlobStore blobs;
  private final LeaseTable leases;
  private final OldBuilds builds;
  private final Retention retention;
  private final Clock clock;
  private final Metrics metrics;
  private final List<LocalCache> caches = new CopyOnWriteArrayList<>();
  private final ReentrantLock alone = new ReentrantLock();

  /** A collector of this store, these blobs and these logs. */
  public Collector(
      Store store,
      AuditLog audit,
      BlobStore blobs,
      LeaseTable leases,
      LogDirectory logs,
      Retention retention,
      Clock clock,
      Metrics metrics) {
    this.store = store;
    this.audit = audit;
    this.blobs = blobs;
    this.leases = leases;
    this.builds = new OldBuilds(store, logs);
    this.retention = retention;
    this.clock = clock;
    this.metrics = metrics;
  }

  /** Collects this as well from now on. */
  public void include(LocalCache cache) {
    caches.add(cache);
  }

  @Override
  public Report collect(Consumer<Progress> listener) {
    Report report = run("asked", listener);
    audit.note(Deed.of(Action.COLLECTION_RUN, report.toString()));
    return report;
  }

  /** The run that comes by itself. */
  Report collect() {
    return run("interval", progress -> {});
  }

  private Report run(String cause, Consumer<Progress> listener) {
    Instant now = clock.instant();
    return measured(
        cause,
        listener,
        tally -> {
          tally.add(builds.forget(now.minus(retention.builds()), now.minus(retention.grace())));
          rows(RowSweep.Times.of(retention, now), tally);
          blobs.dropUploads(now.minus(retention.uploads()));
          collectBlobs(tally);
          trim(1, false, tally);
        });
  }

  /**
   * Because the disk is nearly full: what was used longest ago goes early, the oldest quarter, then
   * the older half, then all that nothing needs now, until there is enough. Only what a later build
   * can make again goes this way.
   */
  Report relieve(DiskRoom room) {
    return measured(
        "pressure",
        progress -> {},
        tally -> {
          for (double share : new double[] {0.75, 0.5, 0}) {
            trim(share, false, tally);
            if (room.isEnough()) {
              return;
            }
            rows(pressed(share), tally);
            collectBlobs(tally);
            if (room.isEnough()) {
              return;
            }
          }
        });
  }

  private RowSweep.Times pressed(double share) {
    Instant now = clock.instant();
    return store.read(session ->
        RowSweep.Times.of(retention, now)
            .pressed(
                oldest(session, "cache_record", share, now), oldest(session, "pack", share, now)));
  }

  /** The moment since which this share of the table's rows was used last. */
  private static Instant oldest(Session session, String table, double share, Instant now)
      throws SQLException {
    long rows = session.count("SELECT count(*) AS n FROM " + table);
    return session
        .one(
            "SELECT used_at FROM " + table + " ORDER BY used_at LIMIT 1 OFFSET ?",
            row -> row.time("used_at"),
            (long) Math.ceil(rows * (1 - share)))
        .orElse(now);
  }

  private interface Work {
    void into(Tally tally) throws IOException;
  }

  private Report measured(String cause, Consumer<Progress> listener, Work work) {
    alone.lock();
    try {
      long start = System.nanoTime();
      leases.clearGoing();
      var tally = new Tally(listener);
      work.into(tally);
      leases.clearGoing();
      Report report = tally.report(false);
      metrics.record(Metrics.Measure.COLLECTIONS, 1, cause);
      metrics.record(Metrics.Measure.COLLECTION_SECONDS, (System.nanoTime() - start) / 1e9);
      for (Gone gone : report.gone()) {
        String kind = gone.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
        metrics.record(Metrics.Measure.COLLECTED, (double) gone.count(), kind);
        metrics.record(Metrics.Measure.COLLECTED_BYTES, (double) gone.bytes(), kind);
      }
      return report;
    } catch (IOException e) {
      throw new UncheckedIOException("the collection did not come to its end", e);
    } finally {
      alone.unlock();
    }
  }

  private void rows(RowSweep.Times times, Tally tally) {
    var sweep = new RowSweep(times, new ManifestSubjects(blobs));
    while (true) {
      List<Gone> gone = store.write(session -> sweep.pass(session, BATCH));
      if (gone.isEmpty()) {
        return;
      }
      tally.add(gone);
    }
  }

  private void collectBlobs(Tally tally) throws IOException {
    var collector = new BlobCollector(blobs, leases, retention.grace(), clock);
    tally.lookAgain();
    var collected =
        collector.collect(
            present -> {
              dropLost(new LostBytes(blobs, present), tally);
              return store.read(session -> LeaseTable.reached(session, clock.instant()));
            },
            tally::blob);
    tally.kept(collected.kept(), collected.keptBytes());
  }

  private void dropLost(LostBytes bytes, Tally tally) {
    LostBytes.Lost lost = store.read(bytes::find);
    LostBytes.tell(lost, metrics);
    if (!lost.ofRecords().isEmpty() || !lost.ofPacks().isEmpty()) {
      tally.add(
          store.write(session -> {
            BlobRights.collecting(session);
            return bytes.drop(session, lost);
          }));
    }
  }

  private void trim(double share, boolean plan, Tally tally) throws IOException {
    for (LocalCache cache : caches) {
      var freed = cache.trim(share, plan);
      if (freed.count() > 0) {
        tally.add(
            List.of(
                new Gone(
                    cache.kind(),
                    "",
                    "used longest ago, and there is room for fewer",
                    freed.count(),
                    freed.bytes())));
      }
    }
  }

  @Override
  public Report plan() {
    alone.lock();
    try {
      Instant now = clock.instant();
      Instant old = now.minus(retention.grace());
      var candidates = new ArrayList<BlobStore.Listed>();
      var tally = new Tally(progress -> {});
      blobs.list(blob -> {
        if (blob.stored().isBefore(old)) {
          candidates.add(blob);
        } else {
          tally.kept(1, blob.size());
        }
        return true;
      });
      tally.add(builds.old(now.minus(retention.builds())));
      try {
        store.changeRelaxed(session -> {
          throw new Planned(planned(session, now, candidates));
        });
      } catch (Planned planned) {
        tally.add(planned.report.gone());
        tally.kept(planned.report.kept(), planned.report.keptBytes());
      }
      trim(1, true, tally);
      return tally.report(true);
    } catch (IOException e) {
      throw new UncheckedIOException("the plan did not come to its end", e);
    } finally {
      alone.unlock();
    }
  }

  private Tally planned(Session session, Instant now, List<BlobStore.Listed> old)
      throws SQLException {
    var tally = new Tally(progress -> {});
    var sweep = new RowSweep(RowSweep.Times.of(retention, now), new ManifestSubjects(blobs));
    for (var gone = sweep.pass(session, BATCH); !gone.isEmpty(); ) {
      tally.add(gone);
      gone = sweep.pass(session, BATCH);
    }
    Set<Digest> reached = LeaseTable.reached(session, now);
    for (BlobStore.Listed blob : old) {
      if (reached.contains(blob.digest())) {
        tally.kept(1, blob.size());
      } else {
        tally.blob(blob, LeaseTable.owner(session, blob.digest()));
      }
    }
    return tally;
  }

  /** Carries the plan out of its transaction, which is thereby undone. */
  private static final class Planned extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Report report;

    Planned(Tally tally) {
      super("a plan and no failure");
      report = tally.report(true);
    }
  }
}
