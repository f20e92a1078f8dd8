package dev.cairn.service.builder;

import dev.cairn.build.Builder;
import dev.cairn.build.CacheScope;
import dev.cairn.build.TenantId;
import dev.cairn.service.image.ScopeRecords;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the caches that named builders gave up, and keeps the others within their disks; on one
 * thread until it is closed. What a crash leaves undone is done after the next start.
 */
public final class BuilderUpkeep implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BuilderUpkeep.class);
  private static final long INTERVAL_SECONDS = 5;
  private static final long GIGABYTE = 1_000_000_000;

  private final Store store;
  private final ScopeRecords records;
  private final Clock clock;
  private final Semaphore work = new Semaphore(0);
  private final Thread thread = Thread.ofPlatform().daemon().name("builders").unstarted(this::run);
  private volatile boolean closing;
  private volatile Builder builder = new Nowhere();

  /** Upkeep of the builders in this store. */
  public BuilderUpkeep(Store store, ScopeRecords records, Clock clock) {
    this.store = store;
    this.records = records;
    this.clock = clock;
  }

  /** Begins, with the one who keeps the cache mounts. */
  public void start(Builder with) {
    builder = with;
    thread.start();
  }

  /** There may be something to do. */
  void wake() {
    work.release();
  }

  private void run() {
    try {
      while (!closing) {
        try {
          sweep();
        } catch (IOException | RuntimeException e) {
          log.error("the caches of builders are not tidied; it is tried again", e);
        }
        if (work.tryAcquire(INTERVAL_SECONDS, TimeUnit.SECONDS)) {
          work.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Going(TenantId tenant, String scope) {}

  private record Used(TenantId tenant, String id, String scope, long most) {}

  private void sweep() throws IOException {
    List<Going> going =
        store.read(session ->
            session.all(
                "SELECT tenant, scope FROM scope_going",
                row -> new Going(new TenantId(row.text("tenant")), row.text("scope"))));
    for (Going each : going) {
      CacheScope scope = CacheScope.of(each.tenant(), each.scope());
      records.keep(scope, 0);
      builder.keepCacheMounts(scope, 0);
      store.change(session ->
          session.update(
              "DELETE FROM scope_going WHERE tenant = ? AND scope = ?",
              each.tenant(),
              each.scope()));
    }
    for (Used each : used()) {
      Instant now = clock.instant();
      CacheScope scope = CacheScope.of(each.tenant(), each.scope());
      long mounts = builder.keepCacheMounts(scope, each.most());
      records.keep(scope, Math.max(0, each.most() - mounts));
      store.changeRelaxed(session ->
          session.update(
              "UPDATE builder SET measured_at = ? WHERE tenant = ? AND id = ? AND scope = ?",
              now,
              each.tenant(),
              each.id(),
              each.scope()));
    }
  }

  /** Those on which a build has run since they were looked at, and none runs now. */
  private List<Used> used() {
    return store.read(session ->
        session.all(
            """
            SELECT * FROM builder WHERE used_at >= measured_at AND NOT EXISTS
              (SELECT 1 FROM build WHERE build.tenant = builder.tenant AND ended = 0
                AND serial_key = ? || builder.id AND state <> 'queued')
            """,
            row ->
                new Used(
                    new TenantId(row.text("tenant")),
                    row.text("id"),
                    row.text("scope"),
                    row.number("disk_gb") * GIGABYTE),
            BuilderRows.KEY));
  }

  /** Stops; what it does now is waited for. */
  @Override
  public void close() {
    closing = true;
    wake();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Until there is a builder. */
  private static final class Nowhere implements Builder {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public dev.cairn.build.BuildResult build(
        dev.cairn.build.BuildJob job, dev.cairn.build.BuildSink sink) {
      throw new IllegalStateException("nothing is built before the start");
    }
  }
}
