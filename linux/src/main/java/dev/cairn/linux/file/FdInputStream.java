package dev.cairn.linux.file;

import dev.cairn.linux.sys.Fd;
import dev.cairn.linux.sys.NativeBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Reads an open descriptor in pieces of up to 64 KiB, without a buffer of its own to read ahead.
 */
final class FdInputStream extends InputStream {
  private final Fd file;
  private final NativeBuffer buffer = new NativeBuffer(64 * 1024);

  FdInputStream(Fd file) {
    this.file = file;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    int n = buffer.read(file, bytes, offset, length);
    return n == 0 ? -1 : n;
  }

  @Override
  public void close() {
    file.close();
    buffer.close();
  }
}
