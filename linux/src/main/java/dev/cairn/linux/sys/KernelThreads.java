package dev.cairn.linux.sys;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Platform threads for calls that may block in the kernel, such as mounting. On a virtual thread
 * such a call would hold its carrier and with it every other virtual thread.
 */
public final class KernelThreads {
  /** Address space, not memory: enough to go down the deepest tree that a walk enters. */
  private static final long STACK_BYTES = 16 << 20;

  private static final ExecutorService POOL =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("kernel-", 0).stackSize(STACK_BYTES).factory());

  /** Work that may fail as files do. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it. */
    T run() throws IOException;
  }

  /** Work without a result. */
  @FunctionalInterface
  public interface Task {
    /** Does it. */
    void run() throws IOException;
  }

  private record Outcome<T>(Optional<T> value, Optional<IOException> failure) {}

  private KernelThreads() {}

  /** Runs the work here if this is a platform thread, else on one, and waits for its end. */
  public static <T> T call(Work<T> work) throws IOException {
    return Thread.currentThread().isVirtual() ? onPool(work) : work.run();
  }

  /**
   * Runs the work to its end whoever interrupts the caller meanwhile; the interrupt stays pending.
   * For cleaning up: an interrupted thread cannot even read a file ({@link
   * java.nio.channels.ClosedByInterruptException}).
   */
  public static void uninterrupted(Task task) throws IOException {
    onPool(() -> {
      task.run();
      return true;
    });
  }

  private static <T> T onPool(Work<T> work) throws IOException {
    // join() is not interrupted: a mount that was begun must be known to its caller.
    var outcome =
        CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return new Outcome<T>(Optional.of(work.run()), Optional.empty());
                  } catch (IOException e) {
                    return new Outcome<T>(Optional.empty(), Optional.of(e));
                  }
                },
                POOL)
            .join();
    if (outcome.failure().isPresent()) {
      throw outcome.failure().get();
    }
    return outcome.value().orElseThrow();
  }

  /** Runs work that calls itself for each level of a stranger's tree, on a stack that is deep. */
  public static <T> T deep(Work<T> work) throws IOException {
    return onPool(work);
  }

  /** As {@link #call} for work without a result. */
  public static void run(Task task) throws IOException {
    call(() -> {
      task.run();
      return true;
    });
  }
}
