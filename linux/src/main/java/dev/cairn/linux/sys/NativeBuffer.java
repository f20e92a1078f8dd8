package dev.cairn.linux.sys;

import dev.cairn.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Native memory through which bytes go to and from a descriptor; made at the first use. For one
 * thread at a time.
 */
public final class NativeBuffer implements AutoCloseable {
  private final int size;
  private @Nullable Arena arena;
  private @Nullable MemorySegment memory;

  /** A buffer that grows, once, to at most {@code size} bytes. */
  public NativeBuffer(int size) {
    this.size = size;
  }

  private MemorySegment memory(int wanted) {
    var memory = this.memory;
    if (memory == null || memory.byteSize() < Math.min(size, wanted)) {
      close();
      var arena = Arena.ofShared();
      this.arena = arena;
      memory = arena.allocate(wanted <= 4096 ? 4096 : size);
      this.memory = memory;
    }
    return memory;
  }

  /** Reads what is there; 0 at the end. */
  public int read(Fd file, byte[] bytes, int offset, int length) throws LinuxException {
    var memory = memory(length);
    try (var frame = new Frame()) {
      long most = Math.min(length, memory.byteSize());
      int n = (int) frame.must(SystemCall.READ, "", file.number(), memory.address(), most, 0, 0);
      MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, bytes, offset, n);
      return n;
    }
  }

  /** Writes some of the bytes and says how many. */
  public int write(Fd file, byte[] bytes, int offset, int length) throws LinuxException {
    var memory = memory(length);
    try (var frame = new Frame()) {
      int most = (int) Math.min(length, memory.byteSize());
      MemorySegment.copy(bytes, offset, memory, ValueLayout.JAVA_BYTE, 0, most);
      return (int) frame.must(SystemCall.WRITE, "", file.number(), memory.address(), most, 0, 0);
    }
  }

  @Override
  public void close() {
    var arena = this.arena;
    this.arena = null;
    this.memory = null;
    if (arena != null) {
      arena.close();
    }
  }
}
