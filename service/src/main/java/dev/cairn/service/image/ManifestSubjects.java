package dev.cairn.service.image;

import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Index;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.ManifestDocument;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What a manifest is about: a signature or a list of contents names the image it belongs to. */
public final class ManifestSubjects {
  private final ManifestFiles files;

  /** Subjects of manifests in this store. */
  public ManifestSubjects(BlobStore blobs) {
    this.files = new ManifestFiles(blobs);
  }

  /** The subject; empty if there is none, or if the manifest cannot be read. */
  public Optional<Digest> of(Digest manifest) {
    try {
      return switch (ManifestDocument.parse(files.read(manifest), Optional.empty())) {
        case Manifest one -> one.subject().map(Descriptor::digest);
        case Index index -> index.subject().map(Descriptor::digest);
      };
    } catch (InvalidOciException | UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
