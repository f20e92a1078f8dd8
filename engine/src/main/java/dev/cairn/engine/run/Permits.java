package dev.cairn.engine.run;

import java.util.concurrent.Semaphore;

/** So many at once, in order of arrival. */
final class Permits {
  private final Semaphore semaphore;

  Permits(int most) {
    this.semaphore = new Semaphore(most, true);
  }

  /** Waits for a place; closing gives it back. */
  Permit take() throws InterruptedException {
    semaphore.acquire();
    return semaphore::release;
  }

  /** A place. */
  @FunctionalInterface
  interface Permit extends AutoCloseable {
    @Override
    void close();
  }
}
