package dev.cairn.engine.cache;

import dev.cairn.engine.layer.Chain;
import dev.cairn.engine.layer.Layer;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Platform;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is remembered of a step.
 *
 * @param chain its whole chain; of a step that may be put on another parent only its own layer
 * @param ingredients what went into its recipe key
 */
record StepRecord(Chain chain, List<Ingredient> ingredients) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** The form on disk; digests and times as text, the history as the image config has it. */
  private record Wire(String image, List<WireLayer> layers, List<Ingredient> ingredients) {}

  private record WireLayer(
      String mediaType,
      String digest,
      long size,
      String index,
      boolean selfContained,
      String created,
      @Nullable String rung) {}

  /** The record as JSON. */
  String toJson() {
    var diffIds = chain.layers().stream().map(Layer::diffId).toList();
    var image = ImageConfig.empty(Platform.UNKNOWN).withLayers(diffIds, chain.history());
    var layers =
        chain.layers().stream()
            .map(layer ->
                new WireLayer(
                    layer.blob().mediaType().value(),
                    layer.blob().digest().toString(),
                    layer.blob().size(),
                    layer.index().toString(),
                    layer.selfContained(),
                    layer.created().map(Instant::toString).orElse(""),
                    layer.rung().map(IsolationRung::text).orElse("")))
            .toList();
    return JSON.writeValueAsString(
        new Wire(new String(image.toBytes(), StandardCharsets.UTF_8), layers, ingredients));
  }

  /**
   * Reads a record.
   *
   * @throws RuntimeException if it is none of this version; the caller takes that for a miss
   */
  static StepRecord parse(String json) {
    Wire wire = JSON.readValue(json, Wire.class);
    ImageConfig image = ImageConfig.parse(wire.image.getBytes(StandardCharsets.UTF_8));
    if (image.diffIds().size() != wire.layers.size()) {
      throw new IllegalArgumentException("a record's layers and their digests differ in number");
    }
    var layers = new ArrayList<Layer>();
    for (int i = 0; i < wire.layers.size(); i++) {
      WireLayer layer = wire.layers.get(i);
      layers.add(
          new Layer(
              image.diffIds().get(i),
              Descriptor.of(new MediaType(layer.mediaType), Digest.parse(layer.digest), layer.size),
              Digest.parse(layer.index),
              layer.selfContained,
              layer.created.isEmpty()
                  ? Optional.empty()
                  : Optional.of(Instant.parse(layer.created)),
              rung(layer.rung)));
    }
    return new StepRecord(new Chain(layers, image.history()), List.copyOf(wire.ingredients));
  }

  /** A record that does not tell is of a time when all commands ran on the lowest rung. */
  private static Optional<IsolationRung> rung(@Nullable String text) {
    if (text == null) {
      return Optional.of(IsolationRung.PLAIN);
    }
    return text.isEmpty()
        ? Optional.empty()
        : Optional.of(IsolationRung.of(text).orElse(IsolationRung.PLAIN));
  }
}
