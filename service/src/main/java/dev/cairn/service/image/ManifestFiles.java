package dev.cairn.service.image;

import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Digest;
import dev.cairn.oci.ManifestDocument;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The bytes of manifests, which are blobs. */
final class ManifestFiles {
  private final BlobStore blobs;

  ManifestFiles(BlobStore blobs) {
    this.blobs = blobs;
  }

  byte[] read(Digest digest) {
    try (var in = blobs.open(digest)) {
      return in.readNBytes(ManifestDocument.BYTES_LIMIT);
    } catch (IOException e) {
      throw new UncheckedIOException("the manifest " + digest + " cannot be read", e);
    }
  }
}
