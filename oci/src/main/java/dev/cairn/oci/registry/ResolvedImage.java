package dev.cairn.oci.registry;

import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Index;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.Reference;

/**
 * What a reference meant for a platform at one moment.
 *
 * @param reference the reference with the digest of what it named itself
 * @param root what the reference named itself: an index, or the manifest
 * @param manifest the manifest chosen
 */
public record ResolvedImage(Reference reference, Descriptor root, FetchedManifest manifest) {

  /** Checks that the resolution ended at one image. */
  public ResolvedImage {
    if (!(manifest.document() instanceof Manifest)) {
      throw new IllegalArgumentException("a resolved image is a manifest, not an index");
    }
  }

  /** The chosen manifest's digest, type and size. */
  public Descriptor descriptor() {
    return manifest.descriptor();
  }

  /** The chosen manifest. */
  public Manifest document() {
    return switch (manifest.document()) {
      case Manifest image -> image;
      case Index index ->
          throw new IllegalStateException("an index is never the end of a resolution");
    };
  }
}
