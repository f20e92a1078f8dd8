package dev.cairn.linux.sandbox;

import java.util.Arrays;

/** Bytes that no message ever shows; immutable until erased. */
public final class SecretBytes implements AutoCloseable {
  private final byte[] bytes;

  /** Copies the bytes. */
  public SecretBytes(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /** A copy, which the caller erases. */
  public byte[] copy() {
    return bytes.clone();
  }

  /** How many bytes there are. */
  public int length() {
    return bytes.length;
  }

  /** Overwrites the bytes with zeros. */
  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "***";
  }
}
