package dev.cairn.service.image;

import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Index;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.ManifestDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

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

  /** What a manifest or index names. */
  static List<Digest> children(ManifestDocument document) {
    return switch (document) {
      case Manifest manifest -> {
        var digests = new ArrayList<Digest>();
        digests.add(manifest.config().digest());
        manifest.layers().stream().map(Descriptor::digest).forEach(digests::add);
        yield digests;
      }
      case Index index -> index.manifests().stream().map(Descriptor::digest).toList();
    };
  }
}
