package dev.cairn.content.blob;

import dev.cairn.content.ContentException;
import dev.cairn.oci.Digest;

/** The store does not have this blob. */
public final class BlobNotFoundException extends ContentException {

  private final Digest digest;

  /** Names the digest. */
  public BlobNotFoundException(Digest digest) {
    super("blob " + digest + " is not in the store");
    this.digest = digest;
  }

  /** What was asked for. */
  public Digest digest() {
    return digest;
  }
}
