package dev.cairn.oci.registry;

import dev.cairn.oci.Descriptor;
import dev.cairn.oci.ManifestDocument;

/**
 * A manifest or index as a registry served it. Its bytes have the descriptor's digest; the document
 * is what they say.
 */
public final class FetchedManifest {

  private final Descriptor descriptor;
  private final byte[] bytes;
  private final ManifestDocument document;

  FetchedManifest(Descriptor descriptor, byte[] bytes, ManifestDocument document) {
    this.descriptor = descriptor;
    this.bytes = bytes;
    this.document = document;
  }

  /** Type, digest and size. */
  public Descriptor descriptor() {
    return descriptor;
  }

  /** The bytes as served, a copy; at most 4 MiB. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** What the bytes say. */
  public ManifestDocument document() {
    return document;
  }

  @Override
  public String toString() {
    return descriptor.toString();
  }
}
