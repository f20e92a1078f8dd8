package dev.cairn.linux.sandbox;

import dev.cairn.linux.sys.KernelThreads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What remains to be put away after steps whose results are known: the next step need not wait for
 * it. Nothing of these steps runs any more.
 */
final class Endings {
  /** When so many wait, the machine is behind, and a step waits for its own. */
  private static final int MOST = 16;

  private final Set<Thread> running = new HashSet<>();

  /** Does it soon, or now. */
  void later(KernelThreads.Task task) throws IOException {
    boolean now;
    synchronized (this) {
      now = running.size() >= MOST;
      if (!now) {
        running.add(Thread.ofVirtual().name("ending").start(() -> run(task)));
      }
    }
    if (now) {
      task.run();
    }
  }

  private void run(KernelThreads.Task task) {
    try {
      task.run();
    } catch (IOException e) {
      System.getLogger(Endings.class.getName())
          .log(
              System.Logger.Level.WARNING, "a step was not put away; the next start will do it", e);
    } finally {
      synchronized (this) {
        running.remove(Thread.currentThread());
      }
    }
  }

  /** Waits until all is put away. */
  void await() throws IOException {
    List<Thread> now;
    synchronized (this) {
      now = new ArrayList<>(running);
    }
    for (Thread thread : now) {
      KernelThreads.uninterrupted(() -> join(thread));
    }
  }

  private static void join(Thread thread) throws IOException {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IOException("interrupted while a step was put away", e);
    }
  }
}
