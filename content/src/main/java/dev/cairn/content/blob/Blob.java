package dev.cairn.content.blob;

import dev.cairn.oci.Digest;

/**
 * A stored blob.
 *
 * @param digest of its bytes
 * @param size in bytes
 */
public record Blob(Digest digest, long size) {}
