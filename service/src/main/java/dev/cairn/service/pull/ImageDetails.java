package dev.cairn.service.pull;

import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Index;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.ManifestDocument;
import dev.cairn.oci.Platform;
import dev.cairn.service.Images;
import dev.cairn.service.NamedImages;
import dev.cairn.service.NamedImages.Details;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads what an image is made of. Whoever asks has found the manifest in a repository of theirs.
 */
final class ImageDetails {
  private final BlobStore blobs;

  ImageDetails(BlobStore blobs) {
    this.blobs = blobs;
  }

  /**
   * The details; nothing if it is no container image or not all of it is here.
   *
   * @param platform which image of an index, if it was asked for
   */
  Optional<Details> of(Images.StoredManifest manifest, Optional<Platform> platform) {
    try {
      Descriptor at = Descriptor.of(manifest.mediaType(), manifest.digest(), manifest.size());
      for (int depth = 0; depth <= Index.NESTING_LIMIT; depth++) {
        var document =
            ManifestDocument.parse(
                read(at.digest(), ManifestDocument.BYTES_LIMIT), Optional.of(at.mediaType()));
        switch (document) {
          case Manifest image -> {
            return image.config().mediaType().isConfig()
                ? Optional.of(
                    new Details(
                        at,
                        image.layers(),
                        ImageConfig.parse(read(image.config().digest(), ImageConfig.BYTES_LIMIT))))
                : Optional.empty();
          }
          case Index index -> {
            Optional<Descriptor> next =
                index
                    .choose(platform.orElseGet(NamedImages::usualPlatform))
                    .or(() -> index.manifests().stream().findFirst());
            if (next.isEmpty()) {
              return Optional.empty();
            }
            at = next.get();
          }
        }
      }
      return Optional.empty();
    } catch (IOException | InvalidOciException e) {
      return Optional.empty();
    }
  }

  private byte[] read(Digest digest, int most) throws IOException {
    try (InputStream in = blobs.open(digest)) {
      return in.readNBytes(most);
    }
  }
}
