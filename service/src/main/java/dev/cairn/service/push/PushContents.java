package dev.cairn.service.push;

import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Index;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.ManifestDocument;
import dev.cairn.service.ServiceException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an image consists of.
 *
 * @param blobs everything, manifests included
 * @param layers bytes by layer
 */
record PushContents(Set<Digest> blobs, Map<Digest, Long> layers) {

  static PushContents of(BlobStore store, Descriptor image) {
    var contents = new PushContents(new HashSet<>(), new HashMap<>());
    try {
      contents.add(store, image, 0);
    } catch (IOException | InvalidOciException e) {
      throw ServiceException.notFound("image");
    }
    return contents;
  }

  private void add(BlobStore store, Descriptor descriptor, int depth) throws IOException {
    if (!blobs.add(descriptor.digest())) {
      return;
    }
    byte[] bytes;
    try (var in = store.open(descriptor.digest())) {
      bytes = in.readNBytes(ManifestDocument.BYTES_LIMIT);
    }
    switch (ManifestDocument.parse(bytes, Optional.of(descriptor.mediaType()))) {
      case Manifest manifest -> {
        blobs.add(manifest.config().digest());
        for (Descriptor layer : manifest.layers()) {
          blobs.add(layer.digest());
          layers.put(layer.digest(), layer.size());
        }
      }
      case Index index -> {
        if (depth == Index.NESTING_LIMIT) {
          throw ServiceException.notFound("image");
        }
        for (Descriptor inner : index.manifests()) {
          add(store, inner, depth + 1);
        }
      }
    }
  }

  long bytes() {
    return layers.values().stream().mapToLong(Long::longValue).sum();
  }
}
