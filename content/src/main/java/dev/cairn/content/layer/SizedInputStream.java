package dev.cairn.content.layer;

import dev.cairn.content.ContentException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Exactly so many bytes of a stream. */
final class SizedInputStream extends FilterInputStream {

  private long left;

  SizedInputStream(InputStream in, long size) {
    super(in);
    this.left = size;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (left == 0) {
      return length == 0 ? 0 : -1;
    }
    int count = in.read(bytes, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw new ContentException("a file ends " + left + " bytes before its size");
    }
    left -= count;
    return count;
  }

  @Override
  public long skip(long length) throws IOException {
    byte[] bytes = new byte[(int) Math.min(Math.clamp(length, 0, 1 << 16), left)];
    return bytes.length == 0 ? 0 : Math.max(0, read(bytes, 0, bytes.length));
  }

  @Override
  public int available() throws IOException {
    return (int) Math.min(left, in.available());
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
