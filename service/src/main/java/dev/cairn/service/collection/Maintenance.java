package dev.cairn.service.collection;

import dev.cairn.service.GarbageCollection.Report;
import dev.cairn.service.Metrics;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs collection again and again, on one thread, until it is closed; and earlier whenever the disk
 * is nearly full.
 */
public final class Maintenance implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Maintenance.class);

  /** How often the disk is looked at. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** When everything that may go has gone and the disk is still nearly full. */
  private static final Duration IN_VAIN = Duration.ofMinutes(1);

  private final Collector collector;
  private final Duration interval;
  private final DiskRoom room;
  private final Metrics metrics;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);

  /**
   * Maintenance by this collector.
   *
   * @param interval between the end of one run and the start of the next
   * @param room when to run earlier
   */
  public Maintenance(Collector collector, Duration interval, DiskRoom room, Metrics metrics) {
    this.collector = collector;
    this.interval = interval;
    this.room = room;
    this.metrics = metrics;
    this.thread = Thread.ofPlatform().daemon().name("maintenance").unstarted(this::run);
  }

  /** Begins; the first run comes after one interval. */
  public void start() {
    thread.start();
  }

  private void run() {
    Duration look = interval.compareTo(LOOK) < 0 ? interval : LOOK;
    long next = System.nanoTime() + interval.toNanos();
    long press = System.nanoTime();
    try {
      while (!closing.await(look.toMillis(), TimeUnit.MILLISECONDS)) {
        if (System.nanoTime() - next >= 0) {
          once(false);
          next = System.nanoTime() + interval.toNanos();
        }
        metrics.record(Metrics.Measure.DISK_FREE_BYTES, (double) room.free().getAsLong());
        if (room.isShort() && System.nanoTime() - press >= 0) {
          once(true);
          press = System.nanoTime() + (room.isShort() ? IN_VAIN : Duration.ZERO).toNanos();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void once(boolean pressed) {
    try {
      Report report = pressed ? collector.relieve(room) : collector.collect();
      if (report.bytes() > 0) {
        log.info(
            "collection freed {} bytes{}",
            report.bytes(),
            pressed ? " because the disk is nearly full" : "");
      }
      if (pressed && room.isShort()) {
        log.warn(
            "the disk is nearly full and nothing more can be collected: {} bytes are free, {} are"
                + " wanted",
            room.free().getAsLong(),
            room.mark());
      }
    } catch (RuntimeException e) {
      log.error("collection failed; it is tried again in {}", interval, e);
    }
  }

  /** Stops; a run that goes on now is waited for. */
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
