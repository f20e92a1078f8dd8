package dev.cairn.oci.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Where the bytes of a blob to push come from; asked again when an upload has to continue. */
@FunctionalInterface
public interface BlobSource {

  /** The bytes from this offset to the end; the caller closes it. */
  InputStream open(long offset) throws IOException;

  /** Bytes that are at hand. */
  static BlobSource of(byte[] bytes) {
    return offset -> new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
  }
}
