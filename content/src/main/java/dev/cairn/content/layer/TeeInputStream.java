package dev.cairn.content.layer;

import dev.cairn.content.LimitExceededException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Writes what is read, at most as much as was promised. */
final class TeeInputStream extends FilterInputStream {

  private static final int BUFFER = 1 << 16;

  private final OutputStream copy;
  private final long promised;
  private long count;

  TeeInputStream(InputStream in, OutputStream copy, long promised) {
    super(in);
    this.copy = copy;
    this.promised = promised;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = in.read(bytes, offset, length);
    if (read > 0) {
      count += read;
      if (count > promised) {
        throw new LimitExceededException("bytes that the layer's descriptor says", promised, "");
      }
      copy.write(bytes, offset, read);
    }
    return read;
  }

  @Override
  public long skip(long length) throws IOException {
    byte[] bytes = new byte[Math.clamp(length, 0, BUFFER)];
    return Math.max(0, read(bytes, 0, bytes.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** Reads what is left. */
  void drain() throws IOException {
    byte[] bytes = new byte[BUFFER];
    while (read(bytes, 0, BUFFER) >= 0) {
      // Only the copy matters.
    }
  }
}
