package dev.cairn.engine.cache;

import dev.cairn.build.BuildException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work that belongs to no build in particular, as unpacking a layer: done once however many ask, on
 * a thread of its own, and given up only when nobody waits any more.
 *
 * @param <K> what names the work; equal keys, equal work
 * @param <V> the result
 */
public final class SharedWork<K, V> {
  private final Map<K, Running<V>> running = new HashMap<>();

  private static final class Running<V> {
    final FutureTask<V> task;
    int waiters;

    Running(Callable<V> work) {
      this.task = new FutureTask<>(work);
    }
  }

  /**
   * The result of the work, done now or already under way.
   *
   * @throws BuildException the work's own
   * @throws UncheckedIOException around an input-output failure of the work
   * @throws InterruptedException if the caller was cancelled; the work goes on if others wait
   */
  public V get(K key, Callable<V> work) throws InterruptedException {
    while (true) {
      Running<V> mine = join(key, work);
      try {
        return mine.task.get();
      } catch (CancellationException e) {
        // Its waiters had all left when we came; we begin anew.
        Thread.onSpinWait();
      } catch (ExecutionException e) {
        throw unwrapped(e);
      } finally {
        leave(key, mine);
      }
    }
  }

  private synchronized Running<V> join(K key, Callable<V> work) {
    Running<V> found = running.get(key);
    if (found == null) {
      found = new Running<>(work);
      running.put(key, found);
      Thread.ofVirtual().name("shared-work").start(found.task);
    }
    found.waiters++;
    return found;
  }

  private synchronized void leave(K key, Running<V> mine) {
    mine.waiters--;
    if (mine.task.isDone() || mine.waiters == 0) {
      mine.task.cancel(true);
      running.remove(key, mine);
    }
  }

  /** The reason of a failed task as something to throw. */
  public static RuntimeException unwrapped(ExecutionException e) throws InterruptedException {
    return switch (e.getCause()) {
      case RuntimeException inner -> inner;
      case Error error -> throw error;
      case InterruptedException interrupted -> throw interrupted;
      case IOException failure -> new UncheckedIOException(failure);
      case null, default -> new IllegalStateException(e.getCause());
    };
  }
}
