package dev.cairn.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.cairn.linux.LinuxException;
import java.time.Duration;
import java.util.List;

/** Signals, and pipes that can be waited on together. */
public final class ProcessCalls {
  private static final int SIGKILL = 9;
  private static final int ESRCH = 3;
  private static final int EINTR = 4;
  private static final int O_CLOEXEC = 02000000;
  private static final int POLLIN = 1;

  private ProcessCalls() {}

  /** Sends SIGKILL; a process that is gone already is no error. */
  public static void kill(long pid) throws LinuxException {
    if (pid <= 1) {
      throw new IllegalArgumentException("pid " + pid + " is not one process of ours");
    }
    try (var frame = new Frame()) {
      long result = frame.call(SystemCall.KILL, pid, SIGKILL, 0, 0, 0);
      if (result < 0 && result != -ESRCH) {
        throw new LinuxException("kill", Long.toString(pid), (int) -result);
      }
    }
  }

  /** The reading and the writing end of a new pipe. */
  public record Pipe(Fd read, Fd write) implements AutoCloseable {
    @Override
    public void close() {
      read.close();
      write.close();
    }
  }

  /** Makes a pipe. */
  public static Pipe pipe() throws LinuxException {
    try (var frame = new Frame()) {
      var ends = frame.memory(8);
      frame.must(SystemCall.PIPE2, "", ends.address(), O_CLOEXEC, 0, 0, 0);
      return new Pipe(new Fd(ends.get(JAVA_INT, 0)), new Fd(ends.get(JAVA_INT, 4)));
    }
  }

  /** Waits until one of the files can be read or has ended; the answer is by position. */
  public static boolean[] waitReadable(List<Fd> files, Duration most) throws LinuxException {
    var ready = new boolean[files.size()];
    try (var frame = new Frame()) {
      var polls = frame.memory(8L * files.size());
      for (int i = 0; i < files.size(); i++) {
        polls.set(JAVA_INT, 8L * i, files.get(i).number());
        polls.set(JAVA_SHORT, 8L * i + 4, (short) POLLIN);
      }
      var time = frame.memory(16);
      time.set(JAVA_LONG, 0, most.toSeconds());
      time.set(JAVA_LONG, 8, most.toNanosPart());
      long result =
          frame.call(SystemCall.PPOLL, polls.address(), files.size(), time.address(), 0, 8);
      if (result < 0 && result != -EINTR) {
        throw new LinuxException("ppoll", "", (int) -result);
      }
      for (int i = 0; i < files.size(); i++) {
        ready[i] = result > 0 && polls.get(JAVA_SHORT, 8L * i + 6) != 0;
      }
    }
    return ready;
  }
}
