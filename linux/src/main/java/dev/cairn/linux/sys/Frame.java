package dev.cairn.linux.sys;

import dev.cairn.linux.LinuxException;
import dev.cairn.linux.PathBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Locale;

/**
 * The native memory of one system call, freed when the call is over.
 *
 * <p>Everything goes through libc's {@code syscall(2)}, so one downcall handle serves all calls and
 * no call depends on what the installed libc happens to export.
 */
final class Frame implements AutoCloseable {
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL = link();
  private static final int EINTR = 4;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(STATE);

  private static MethodHandle link() {
    var linker = Linker.nativeLinker();
    var number = ValueLayout.JAVA_LONG;
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("syscall"),
        FunctionDescriptor.of(number, number, number, number, number, number, number, number),
        Linker.Option.firstVariadicArg(1),
        Linker.Option.captureCallState("errno"));
  }

  /** A NUL-terminated copy of a name; refuses a name that holds a NUL itself. */
  long text(String name) {
    byte[] bytes = PathBytes.encode(name);
    var segment = arena.allocate(bytes.length + 1L);
    for (byte b : bytes) {
      if (b == 0) {
        throw new IllegalArgumentException("name holds a NUL byte: " + name.replace("\0", "\\0"));
      }
    }
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment.address();
  }

  MemorySegment memory(long size) {
    return arena.allocate(size, 8);
  }

  MemorySegment copy(byte[] bytes) {
    var segment = arena.allocate(Math.max(1, bytes.length), 8);
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment;
  }

  /** Makes the call, again if a signal interrupted it; the result, or minus the error number. */
  long call(SystemCall call, long a, long b, long c, long d, long e) {
    while (true) {
      long result;
      try {
        result = (long) SYSCALL.invokeExact(state, call.number(), a, b, c, d, e, 0L);
      } catch (Throwable t) {
        throw new AssertionError("a downcall cannot throw", t);
      }
      if (result >= 0) {
        return result;
      }
      int errno = (int) ERRNO.get(state, 0L);
      if (errno != EINTR || call == SystemCall.CLOSE) {
        return -(long) errno;
      }
    }
  }

  /** As {@link #call}, with the failure as an exception that names {@code path}. */
  long must(SystemCall call, String path, long a, long b, long c, long d, long e)
      throws LinuxException {
    long result = call(call, a, b, c, d, e);
    if (result < 0) {
      throw new LinuxException(call.name().toLowerCase(Locale.ROOT), path, (int) -result);
    }
    return result;
  }

  @Override
  public void close() {
    arena.close();
  }
}
