package dev.cairn.content.compress;

import dev.cairn.content.blob.Blob;
import dev.cairn.oci.Digest;

/**
 * A tar that was compressed and stored.
 *
 * @param blob digest and size of the compressed bytes
 * @param diffId digest of the tar
 * @param uncompressedSize bytes of the tar
 * @param segments where each segment begins, in the tar and in the blob
 */
public record CompressedTar(
    Blob blob, Digest diffId, long uncompressedSize, SegmentTable segments) {}
