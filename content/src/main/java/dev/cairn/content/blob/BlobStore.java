package dev.cairn.content.blob;

import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Bytes by digest. The store knows nothing about tenants: who may see a blob, and how long it
 * lives, are rows elsewhere. A blob is visible only when it is complete, verified and synced. Safe
 * for many threads; writers and uploads belong to one thread at a time.
 */
public interface BlobStore {

  /** Whether the blob is here, complete. */
  default boolean has(Digest digest) throws IOException {
    return size(digest).isPresent();
  }

  /** The blob's size in bytes; empty if it is not here. */
  OptionalLong size(Digest digest) throws IOException;

  /**
   * The blob's bytes.
   *
   * @throws BlobNotFoundException if it is not here
   */
  InputStream open(Digest digest) throws IOException;

  /**
   * The blob's bytes at any position, for reading.
   *
   * @throws BlobNotFoundException if it is not here
   */
  SeekableByteChannel channel(Digest digest) throws IOException;

  /** Begins a new blob whose digest is not known yet. */
  BlobWriter writer() throws IOException;

  /**
   * Takes over a file as a blob: it is hashed, synced and renamed into place where the file system
   * allows, else copied. The file is gone afterwards.
   *
   * @param expected the digest it must have, if known
   * @throws DigestMismatchException if it has another; the file is then left alone
   */
  Blob adopt(Path file, Optional<Digest> expected) throws IOException;

  /** Stores everything the stream holds. */
  default Blob put(InputStream in) throws IOException {
    try (var writer = writer()) {
      in.transferTo(writer);
      return writer.commit();
    }
  }

  /** Stores these bytes. */
  default Blob put(byte[] bytes) throws IOException {
    try (var writer = writer()) {
      writer.write(bytes);
      return writer.commit();
    }
  }

  /** Begins an upload that survives connections and restarts. */
  Upload beginUpload() throws IOException;

  /** The upload begun earlier under this id; empty if it ended or never was. */
  Optional<Upload> upload(String id) throws IOException;

  /** Removes uploads that nobody touched since then; how many. */
  int dropUploads(Instant untouchedSince) throws IOException;

  /**
   * Removes the blob unless it was stored, or stored again, since then. Only collection calls this.
   *
   * @return whether it was removed
   */
  boolean delete(Digest digest, Instant untouchedSince) throws IOException;

  /** Shows every blob until the visitor answers false; blobs that come or go meanwhile may miss. */
  void list(Predicate<Listed> visitor) throws IOException;

  /**
   * A blob in a listing.
   *
   * @param digest its name
   * @param size in bytes
   * @param stored when it came, or when it was last written again
   */
  record Listed(Digest digest, long size, Instant stored) {}
}
