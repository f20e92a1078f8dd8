package dev.cairn.engine.base;

import dev.cairn.oci.Descriptor;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.Reference;

/**
 * An image that a stage begins from or copies from, resolved in this build.
 *
 * @param name as the author wrote it
 * @param reference with the digest of what it named
 * @param root what it named: an index or the manifest
 * @param manifest the descriptor of the manifest for the platform
 * @param document that manifest
 * @param config the image's config
 * @param where who has its layers
 */
public record BaseImage(
    String name,
    Reference reference,
    Descriptor root,
    Descriptor manifest,
    Manifest document,
    ImageConfig config,
    Where where) {

  /** Who has the layers of a base. */
  public enum Where {
    /** A registry that gives them to everybody. */
    PUBLIC,
    /** A registry that gave them to this build's login. */
    PRIVATE,
    /** Our own blob store: the tenant's own image. */
    OURS
  }
}
