package dev.cairn.service.assembly;

import dev.cairn.service.image.Collector;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs retention and collection again and again, on one thread, until it is closed. */
final class Maintenance implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Maintenance.class);

  private final Collector collector;
  private final Duration interval;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);

  /**
   * Maintenance by this collector.
   *
   * @param interval between the end of one run and the start of the next
   */
  Maintenance(Collector collector, Duration interval) {
    this.collector = collector;
    this.interval = interval;
    this.thread = Thread.ofPlatform().daemon().name("maintenance").unstarted(this::run);
  }

  /** Begins; the first run comes after one interval. */
  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!closing.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        once();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void once() {
    try {
      var collected = collector.collect();
      if (collected.removed() > 0) {
        log.info("collection removed {} blobs, {} bytes", collected.removed(), collected.bytes());
      }
    } catch (IOException | RuntimeException e) {
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
