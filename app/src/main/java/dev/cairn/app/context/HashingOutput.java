package dev.cairn.app.context;

import dev.cairn.oci.Digest;
import java.io.OutputStream;

/** Hashes what is written and keeps nothing. */
final class HashingOutput extends OutputStream {
  private final Digest.Hasher hasher;

  HashingOutput(Digest.Hasher hasher) {
    this.hasher = hasher;
  }

  @Override
  public void write(int b) {
    hasher.update(b);
  }

  @Override
  public void write(byte[] bytes, int from, int count) {
    hasher.update(bytes, from, count);
  }
}
