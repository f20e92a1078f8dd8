package dev.cairn.linux.sys;

import dev.cairn.linux.Errno;
import dev.cairn.linux.LinuxException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Does work as another owner of files while keeping this service's capabilities. Overlay makes what
 * a step makes with the identity of whoever mounted it, and through a mount whose identities are
 * mapped only those of the map exist: root itself is nobody there (EOVERFLOW, or a view that is
 * read-only).
 *
 * <p>The state belongs to a thread (setfsuid(2), prctl(2) PR_SET_SECUREBITS), so each piece of work
 * has a platform thread of its own, which puts the state back and ends. A side effect of the kernel
 * stays: after the first change only root may look into this process (prctl(2) PR_SET_DUMPABLE).
 */
public final class FileIdentity {
  private static final int PR_GET_SECUREBITS = 27;
  private static final int PR_SET_SECUREBITS = 28;
  private static final int SECBIT_NO_SETUID_FIXUP = 1 << 2;

  private FileIdentity() {}

  private record Outcome<T>(
      Optional<T> value, Optional<IOException> failure, Optional<RuntimeException> mistake) {}

  /**
   * Runs the work to its end, whoever interrupts the caller meanwhile; the interrupt stays pending.
   *
   * @param owner user and group that own what the work makes
   */
  public static <T> T call(long owner, KernelThreads.Work<T> work) throws IOException {
    var outcome = new AtomicReference<Outcome<T>>();
    var thread =
        Thread.ofPlatform()
            .daemon()
            .name("owner-" + owner)
            .start(() -> outcome.set(attempt(owner, work)));
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    var result = outcome.get();
    if (result == null) {
      throw new IOException("the thread for work as another owner died");
    }
    if (result.failure().isPresent()) {
      throw result.failure().get();
    }
    if (result.mistake().isPresent()) {
      throw result.mistake().get();
    }
    return result.value().orElseThrow();
  }

  private static <T> Outcome<T> attempt(long owner, KernelThreads.Work<T> work) {
    try {
      return new Outcome<>(Optional.of(as(owner, work)), Optional.empty(), Optional.empty());
    } catch (IOException e) {
      return new Outcome<>(Optional.empty(), Optional.of(e), Optional.empty());
    } catch (RuntimeException e) {
      return new Outcome<>(Optional.empty(), Optional.empty(), Optional.of(e));
    }
  }

  private static <T> T as(long owner, KernelThreads.Work<T> work) throws IOException {
    long bits;
    long user;
    long group;
    try (var frame = new Frame()) {
      bits = frame.must(SystemCall.PRCTL, "securebits", PR_GET_SECUREBITS, 0, 0, 0, 0);
      // Without this bit a change away from 0 drops the capabilities to act on files.
      frame.must(
          SystemCall.PRCTL,
          "securebits",
          PR_SET_SECUREBITS,
          bits | SECBIT_NO_SETUID_FIXUP,
          0,
          0,
          0);
      user = frame.call(SystemCall.SETFSUID, owner, 0, 0, 0, 0);
      group = frame.call(SystemCall.SETFSGID, owner, 0, 0, 0, 0);
    }
    try {
      // These two calls never say that they failed; asking again does.
      if (current(SystemCall.SETFSUID) != owner || current(SystemCall.SETFSGID) != owner) {
        throw new LinuxException("setfsuid", Long.toString(owner), Errno.EPERM, "");
      }
      return work.run();
    } finally {
      try (var frame = new Frame()) {
        frame.call(SystemCall.SETFSGID, group, 0, 0, 0, 0);
        frame.call(SystemCall.SETFSUID, user, 0, 0, 0, 0);
        frame.must(SystemCall.PRCTL, "securebits", PR_SET_SECUREBITS, bits, 0, 0, 0);
      }
    }
  }

  private static long current(SystemCall call) {
    try (var frame = new Frame()) {
      return frame.call(call, 0xFFFFFFFFL, 0, 0, 0, 0);
    }
  }
}
