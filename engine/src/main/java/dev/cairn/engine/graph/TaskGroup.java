package dev.cairn.engine.graph;

import dev.cairn.build.BuildException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The threads of one build. Closing the group interrupts those that still run and waits for their
 * end, so that nothing of a build outlives it.
 */
public final class TaskGroup implements AutoCloseable {
  private final String name;
  private final Thread owner = Thread.currentThread();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Optional<BuildException>> failure =
      new AtomicReference<>(Optional.empty());
  private volatile boolean closed;

  /** An empty group of the calling thread's; {@code name} appears in thread dumps. */
  public TaskGroup(String name) {
    this.name = name;
  }

  /** Starts the work on a virtual thread of its own. */
  public <T> Future<T> fork(Callable<T> work) {
    var task = new FutureTask<T>(work);
    Thread thread =
        Thread.ofVirtual()
            .name(name)
            .unstarted(() -> {
              try {
                task.run();
              } finally {
                threads.remove(Thread.currentThread());
              }
            });
    threads.add(thread);
    thread.start();
    if (closed) {
      thread.interrupt();
    }
    return task;
  }

  /** The build has failed: whatever still runs or waits is in vain and is interrupted. */
  public void fail(BuildException reason) {
    if (failure.compareAndSet(Optional.empty(), Optional.of(reason))) {
      closed = true;
      threads.forEach(Thread::interrupt);
      owner.interrupt();
    }
  }

  /** Why the group was interrupted, if it was by {@link #fail}. */
  public Optional<BuildException> failure() {
    return failure.get();
  }

  /** Waits for everything that was forked, also by what was forked. */
  public void join() throws InterruptedException {
    while (!threads.isEmpty()) {
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    boolean interrupted = Thread.interrupted();
    while (!threads.isEmpty()) {
      threads.forEach(Thread::interrupt);
      for (Thread thread : threads) {
        try {
          thread.join(java.time.Duration.ofMillis(200));
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
