package dev.cairn.content.blob;

import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;

/**
 * A blob that arrives in pieces, known by an id nobody can guess. Its bytes so far are on disk;
 * after a restart they are read once to find the state of the hash again.
 */
public interface Upload extends AutoCloseable {

  /** The id: 32 hexadecimal characters. */
  String id();

  /** Bytes received so far; the next piece begins here. */
  long offset() throws IOException;

  /**
   * Adds all bytes of the stream. What arrived before an error of the stream is kept.
   *
   * @param limit bytes the whole upload may have
   * @return the new offset
   */
  long append(InputStream in, long limit) throws IOException;

  /**
   * Ends the upload: the blob is visible and durable.
   *
   * @throws DigestMismatchException if the bytes are others; the upload is then gone
   */
  Blob commit(Digest expected) throws IOException;

  /** Gives it up and removes its bytes. */
  void cancel() throws IOException;

  /** Lets go of the file; the upload can be found again by its id. */
  @Override
  void close() throws IOException;
}
