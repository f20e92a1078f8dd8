package dev.cairn.engine.disk;

import dev.cairn.linux.cgroup.Cgroup;
import dev.cairn.linux.file.DiskSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the disk many times a second while steps run: lets the meters of those builds measure
 * that may have reached their limit, and stops builds, the largest first, before the disk is full.
 */
public final class DiskWatcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiskWatcher.class);
  private static final Duration TICK = Duration.ofMillis(50);

  /** A build that was stopped needs this long until its bytes are free. */
  private static final long RELIEF = Duration.ofSeconds(2).toNanos();

  private final Path disk;
  private final DiskSpace reserve;
  private final Set<DiskMeter> meters = ConcurrentHashMap.newKeySet();
  private final ExecutorService walkers =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("disk-walk-", 0).factory());
  private final Thread thread;
  private volatile boolean closed;
  private long relieved = System.nanoTime() - RELIEF;

  /** Watches the disk under this directory. */
  public DiskWatcher(Path disk) throws IOException {
    this.disk = disk;
    this.reserve = reserve(DiskSpace.of(disk));
    this.thread = Thread.ofPlatform().daemon().name("disk-watcher").start(this::watch);
  }

  /**
   * The service starts nothing below 512 MiB, or a twentieth of a smaller disk; builds are stopped
   * at half of that, so that the database and the logs always have room. Of inodes the same.
   */
  private static DiskSpace reserve(DiskSpace whole) {
    return new DiskSpace(
        whole.bytes(),
        Math.min(256L << 20, whole.bytes() / 40),
        whole.inodes(),
        Math.min(20_000, whole.inodes() / 40));
  }

  /** A meter for a build, which is to be closed. */
  public DiskMeter meter(DiskLimit limit, Optional<Cgroup> group) throws IOException {
    var meter = new DiskMeter(this, limit, group, space());
    meters.add(meter);
    return meter;
  }

  DiskSpace space() throws IOException {
    return DiskSpace.of(disk);
  }

  void forget(DiskMeter meter) {
    meters.remove(meter);
  }

  void wake() {
    LockSupport.unpark(thread);
  }

  private void watch() {
    while (!closed) {
      List<DiskMeter> active = meters.stream().filter(DiskMeter::isActive).toList();
      if (active.isEmpty()) {
        LockSupport.park(this);
        continue;
      }
      try {
        look(active, space());
      } catch (IOException | RuntimeException e) {
        LOG.error("the disk cannot be watched", e);
      }
      LockSupport.parkNanos(TICK.toNanos());
    }
  }

  private void look(List<DiskMeter> active, DiskSpace now) {
    for (DiskMeter meter : active) {
      Optional<DiskReached> reached = meter.reached();
      if (reached.isPresent()) {
        meter.stop(reached.get());
      } else if (meter.isDue(now)) {
        walkers.execute(() -> measure(meter));
      }
    }
    boolean fewBytes = now.freeBytes() < reserve.freeBytes();
    boolean fewInodes = now.inodes() > 0 && now.freeInodes() < reserve.freeInodes();
    if ((fewBytes || fewInodes) && System.nanoTime() - relieved > RELIEF) {
      relieved = System.nanoTime();
      active.stream()
          .filter(meter -> meter.reached().isEmpty())
          .max(
              Comparator.comparingLong(
                  meter -> fewBytes ? meter.used().bytes() : meter.used().entries()))
          .ifPresent(largest -> {
            LOG.warn("the disk under {} is nearly full; the largest build is stopped", disk);
            largest.stop(new DiskReached.Reserve());
          });
    }
  }

  private static void measure(DiskMeter meter) {
    try {
      meter.measureUnlessBusy();
    } catch (IOException | RuntimeException e) {
      LOG.warn("what a build takes of the disk cannot be measured", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    wake();
    walkers.shutdown();
  }
}
