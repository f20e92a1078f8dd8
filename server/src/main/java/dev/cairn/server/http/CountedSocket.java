package dev.cairn.server.http;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** A connection that gives its place back when it is closed, whoever closes it. */
final class CountedSocket extends Socket {
  private final Semaphore places;
  private final AtomicBoolean taken = new AtomicBoolean(true);

  /** A socket to be accepted into; the caller has taken the place. */
  CountedSocket(Semaphore places) {
    this.places = places;
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      if (taken.compareAndSet(true, false)) {
        places.release();
      }
    }
  }
}
