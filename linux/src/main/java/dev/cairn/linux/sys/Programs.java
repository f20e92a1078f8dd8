package dev.cairn.linux.sys;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Waiting for programs that were started.
 *
 * <p>Not by {@link Process#onExit}: what hangs on that future runs in the common pool, which has a
 * single thread on a machine with two cores. If the work of that thread is what the program's end
 * would let go on, both wait for ever.
 */
public final class Programs {
  private Programs() {}

  /** Waits for the end, whoever interrupts the caller meanwhile; the interrupt stays pending. */
  public static int awaitEnd(Process program) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return program.waitFor();
        } catch (InterruptedException e) {
          // Whoever cleans up must end also in a cancelled build.
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Kills the program and waits until it is gone. */
  public static void kill(Process program) {
    awaitEnd(program.destroyForcibly());
  }

  /** Its exit code, once it has ended; what depends on it runs on a thread of its own. */
  public static CompletableFuture<Integer> end(Process program) {
    var end = new CompletableFuture<Integer>();
    Thread.ofVirtual().name("program-end").start(() -> end.complete(awaitEnd(program)));
    return end;
  }

  /** From now on it has this time, and is killed if it needs more. */
  public static void limit(Process program, Duration most) {
    Thread.ofVirtual()
        .name("program-limit")
        .start(() -> {
          try {
            if (!program.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
              program.destroyForcibly();
            }
          } catch (InterruptedException e) {
            // Nobody interrupts this thread.
            Thread.currentThread().interrupt();
          }
        });
  }
}
