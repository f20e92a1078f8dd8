package dev.cairn.linux.sys;

import java.util.concurrent.atomic.AtomicInteger;

/** An open file descriptor that is closed once. */
public final class Fd implements AutoCloseable {
  private final AtomicInteger number;

  Fd(int number) {
    this.number = new AtomicInteger(number);
  }

  /**
   * The number, for the length of one call.
   *
   * @throws IllegalStateException if it was closed
   */
  public int number() {
    int n = number.get();
    if (n < 0) {
      throw new IllegalStateException("file descriptor is closed");
    }
    return n;
  }

  /** A path that names the open file itself, whatever its directories have become since. */
  public String path() {
    return "/proc/self/fd/" + number();
  }

  @Override
  public void close() {
    int n = number.getAndSet(-1);
    if (n >= 0) {
      FileCalls.close(n);
    }
  }
}
