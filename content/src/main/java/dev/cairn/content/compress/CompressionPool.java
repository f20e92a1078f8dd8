package dev.cairn.content.compress;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The platform threads that compress, one pool for the whole process: native calls of milliseconds
 * would stall virtual threads.
 */
public final class CompressionPool implements AutoCloseable {

  private final int threads;
  private final ExecutorService executor;

  /** A pool of so many threads, normally one per processor. */
  public CompressionPool(int threads) {
    this.threads = threads;
    this.executor =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("compress-", 0).factory());
  }

  /** How many work at once. */
  int threads() {
    return threads;
  }

  <T> Future<T> submit(Callable<T> task) {
    return executor.submit(task);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
