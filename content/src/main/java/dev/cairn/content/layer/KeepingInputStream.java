package dev.cairn.content.layer;

import dev.cairn.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Hashes the content of an entry and keeps it if it is an account file. */
final class KeepingInputStream extends HashingInputStream {

  private final boolean keeping;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream(0);

  KeepingInputStream(InputStream in, Digest.Hasher hasher, boolean keeping) {
    super(in, hasher);
    this.keeping = keeping;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = super.read(bytes, offset, length);
    if (keeping && count > 0) {
      kept.write(bytes, offset, count);
    }
    return count;
  }

  byte[] kept() {
    return kept.toByteArray();
  }

  @Override
  public void close() {
    // The archive goes on behind this entry.
  }
}
