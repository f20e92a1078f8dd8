package dev.cairn.publish;

import dev.cairn.content.ContentException;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Index;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.ManifestDocument;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an image consists of, read from the store.
 *
 * @param manifests with their bytes, inner ones first, the image itself last
 * @param blobs configs and layers, each once
 */
record ImageBlobs(List<Document> manifests, Collection<Descriptor> blobs) {
  /** A manifest or index as it is sent. */
  static final class Document {
    private final Descriptor descriptor;
    private final byte[] bytes;

    Document(Descriptor descriptor, byte[] bytes) {
      this.descriptor = descriptor;
      this.bytes = bytes;
    }

    Descriptor descriptor() {
      return descriptor;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  static ImageBlobs read(BlobStore store, Descriptor image) throws IOException {
    var manifests = new LinkedHashMap<Digest, Document>();
    var blobs = new LinkedHashMap<Digest, Descriptor>();
    collect(store, image, manifests, blobs, 0);
    return new ImageBlobs(List.copyOf(manifests.values()), List.copyOf(blobs.values()));
  }

  private static void collect(
      BlobStore store,
      Descriptor descriptor,
      Map<Digest, Document> manifests,
      Map<Digest, Descriptor> blobs,
      int depth)
      throws IOException {
    byte[] bytes = bytes(store, descriptor);
    try {
      switch (ManifestDocument.parse(bytes, Optional.of(descriptor.mediaType()))) {
        case Manifest manifest -> {
          blobs.putIfAbsent(manifest.config().digest(), manifest.config());
          manifest.layers().forEach(layer -> blobs.putIfAbsent(layer.digest(), layer));
        }
        case Index index -> {
          if (depth == Index.NESTING_LIMIT) {
            throw new ContentException("the image's indexes are nested too deep");
          }
          for (Descriptor inner : new ArrayList<>(index.manifests())) {
            collect(store, inner, manifests, blobs, depth + 1);
          }
        }
      }
    } catch (InvalidOciException e) {
      throw new ContentException("the image's manifest is malformed: " + e.getMessage(), e);
    }
    manifests.putIfAbsent(descriptor.digest(), new Document(descriptor, bytes));
  }

  private static byte[] bytes(BlobStore store, Descriptor descriptor) throws IOException {
    if (descriptor.size() > ManifestDocument.BYTES_LIMIT) {
      throw new ContentException("the image's manifest has " + descriptor.size() + " bytes");
    }
    try (InputStream in = store.open(descriptor.digest())) {
      return in.readNBytes(ManifestDocument.BYTES_LIMIT);
    }
  }
}
