package dev.cairn.content.layer;

import dev.cairn.content.blob.Blob;
import dev.cairn.content.compress.Compression;
import dev.cairn.content.compress.SegmentTable;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.MediaType;

/**
 * A layer whose blob is stored and whose content is known.
 *
 * @param blob digest and size as stored, compressed
 * @param compression of the blob: none, gzip or zstd
 * @param diffId digest of the tar
 * @param uncompressedSize bytes of the tar
 * @param segments where reading may begin, if we compressed it
 * @param index what is in it
 */
public record Layer(
    Blob blob,
    Compression compression,
    Digest diffId,
    long uncompressedSize,
    SegmentTable segments,
    LayerIndex index) {

  /** The descriptor with OCI's media type of the compression. */
  public Descriptor descriptor() {
    return Descriptor.of(mediaType(), blob.digest(), blob.size());
  }

  private MediaType mediaType() {
    return switch (compression) {
      case NONE -> MediaType.OCI_LAYER;
      case GZIP -> MediaType.OCI_LAYER_GZIP;
      case ZSTD -> MediaType.OCI_LAYER_ZSTD;
      case BZIP2, XZ ->
          throw new IllegalStateException("no layer is compressed with " + compression);
    };
  }
}
