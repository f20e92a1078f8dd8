package dev.cairn.content.layer;

import dev.cairn.oci.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Hashes what is read. */
class HashingInputStream extends FilterInputStream {

  private static final int BUFFER = 1 << 16;

  private final Digest.Hasher hasher;

  HashingInputStream(InputStream in, Digest.Hasher hasher) {
    super(in);
    this.hasher = hasher;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = in.read(bytes, offset, length);
    if (count > 0) {
      hasher.update(bytes, offset, count);
    }
    return count;
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
    if (in.available() == 0 && read() < 0) {
      return;
    }
    byte[] bytes = new byte[BUFFER];
    while (read(bytes, 0, BUFFER) >= 0) {
      // Only the hash matters.
    }
  }
}
