package dev.cairn.content.blob;

import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A blob being written: bytes go in and are hashed, {@link #commit} makes it visible, {@link
 * #close} without a commit forgets it.
 */
public abstract class BlobWriter extends OutputStream {

  /** For the stores. */
  protected BlobWriter() {}

  /** Bytes written so far. */
  public abstract long size();

  /** Makes the blob visible and durable; if it exists already, this copy is dropped. */
  public abstract Blob commit() throws IOException;

  /**
   * The same, but only if the bytes are those that were promised.
   *
   * @param size in bytes, or -1 if that was not said
   * @throws DigestMismatchException if they are not; nothing is stored
   */
  public abstract Blob commit(Digest expected, long size) throws IOException;

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public abstract void write(byte[] bytes, int offset, int length) throws IOException;

  @Override
  public abstract void close() throws IOException;
}
