package dev.cairn.app.progress;

import dev.cairn.build.BuildEvent;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** Lets a view be used by several threads, and its clocks go on while nothing arrives. */
public final class TickingView implements ProgressView {
  private static final Duration EVERY = Duration.ofMillis(200);

  private final ProgressView view;
  private final ReentrantLock lock = new ReentrantLock();
  private final Thread ticker;
  private boolean closed;

  /** Wraps the view. */
  public TickingView(ProgressView view) {
    this.view = view;
    this.ticker = Thread.ofVirtual().name("progress").start(this::run);
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(EVERY);
        tick();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  @Override
  public void show(BuildEvent event, String raw) {
    lock.lock();
    try {
      if (!closed) {
        view.show(event, raw);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void tick() {
    lock.lock();
    try {
      if (!closed) {
        view.tick();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        view.close();
      }
    } finally {
      lock.unlock();
    }
    ticker.interrupt();
  }
}
