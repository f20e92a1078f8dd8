package dev.cairn.engine.image;

import dev.cairn.build.Outputs;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.engine.base.BaseImage;
import dev.cairn.engine.config.FinishedImage;
import dev.cairn.engine.config.StageState;
import dev.cairn.engine.layer.Chain;
import dev.cairn.engine.layer.Layer;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Index;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes what makes layers an image: the config and the manifest, and an index over several. Layers
 * of bases are named bit for bit as they came, their types in OCI's spelling.
 */
public final class ImageWriter {
  private final BlobStore blobs;

  /** Writes to this store. */
  public ImageWriter(BlobStore blobs) {
    this.blobs = blobs;
  }

  /**
   * A written image of one platform.
   *
   * @param manifest its descriptor, with the platform
   * @param blobs every blob it needs, itself included
   */
  public record Written(Descriptor manifest, Set<Digest> blobs) {
    public Written {
      blobs = Set.copyOf(blobs);
    }
  }

  /** Writes config and manifest of a finished stage. */
  public Written write(StageState state, Chain chain, Outputs outputs) throws IOException {
    var layers =
        chain.layers().stream()
            .map(layer -> new FinishedImage.FinishedLayer(layer.diffId(), layer.created()))
            .toList();
    ImageConfig config = FinishedImage.of(state, layers, outputs.labels());
    byte[] configBytes = config.toBytes();
    Descriptor configBlob = Descriptor.of(MediaType.OCI_CONFIG, configBytes);
    var descriptors = new ArrayList<Descriptor>();
    for (Layer layer : chain.layers()) {
      descriptors.add(inOci(layer.blob()));
    }
    byte[] manifest =
        Manifest.oci(configBlob, descriptors).withAnnotations(outputs.annotations()).toBytes();
    var all = new LinkedHashSet<Digest>();
    chain.layers().forEach(layer -> all.add(layer.blob().digest()));
    all.add(blobs.put(configBytes).digest());
    all.add(blobs.put(manifest).digest());
    return new Written(
        Descriptor.of(MediaType.OCI_MANIFEST, manifest).withPlatform(config.platform()), all);
  }

  /** An image that is passed on as it came; its manifest and config are in the store already. */
  public static Written unchanged(BaseImage image, Chain chain) {
    var all = new LinkedHashSet<Digest>();
    chain.layers().forEach(layer -> all.add(layer.blob().digest()));
    all.add(image.document().config().digest());
    all.add(image.manifest().digest());
    Descriptor plain =
        Descriptor.of(
            image.manifest().mediaType(), image.manifest().digest(), image.manifest().size());
    return new Written(plain.withPlatform(image.config().platform()), all);
  }

  /** Writes an index over the images of several platforms. */
  public Written index(List<Written> images) throws IOException {
    byte[] bytes = Index.oci(images.stream().map(Written::manifest).toList()).toBytes();
    var all = new LinkedHashSet<Digest>();
    images.forEach(image -> all.addAll(image.blobs()));
    all.add(blobs.put(bytes).digest());
    return new Written(Descriptor.of(MediaType.OCI_INDEX, bytes), all);
  }

  private static Descriptor inOci(Descriptor layer) {
    return layer.withMediaType(MediaType.ociLayer(layer.mediaType().compression()));
  }
}
