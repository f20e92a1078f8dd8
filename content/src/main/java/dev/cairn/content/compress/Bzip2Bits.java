package dev.cairn.content.compress;

import dev.cairn.content.ContentException;
import java.io.IOException;
import java.io.InputStream;

/** Bits of a stream, the highest first. */
final class Bzip2Bits {

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 15];
  private int at;
  private int end;
  private long held;
  private int count;

  Bzip2Bits(InputStream in) {
    this.in = in;
  }

  /** The next bits, at most 24, as a number. */
  int read(int bits) throws IOException {
    while (count < bits) {
      int next = nextByte();
      if (next < 0) {
        throw new ContentException("the bzip2 stream ends too early");
      }
      held = (held << 8) | next;
      count += 8;
    }
    count -= bits;
    return (int) (held >>> count) & ((1 << bits) - 1);
  }

  int read32() throws IOException {
    return (read(16) << 16) | read(16);
  }

  boolean readBit() throws IOException {
    return read(1) == 1;
  }

  void alignToByte() {
    count -= count % 8;
  }

  /** Whether no byte is left; only after {@link #alignToByte}. */
  boolean atEnd() throws IOException {
    if (count > 0) {
      return false;
    }
    int next = nextByte();
    if (next >= 0) {
      held = next;
      count = 8;
    }
    return next < 0;
  }

  private int nextByte() throws IOException {
    if (at == end) {
      end = Math.max(0, in.read(buffer, 0, buffer.length));
      at = 0;
      if (end == 0) {
        return -1;
      }
    }
    return buffer[at++] & 0xFF;
  }
}
