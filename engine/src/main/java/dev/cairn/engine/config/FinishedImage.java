package dev.cairn.engine.config;

import dev.cairn.oci.Digest;
import dev.cairn.oci.History;
import dev.cairn.oci.ImageConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes the final config of an image out of its last stage and the layers. */
public final class FinishedImage {

  private FinishedImage() {}

  /**
   * A layer of the image.
   *
   * @param diffId of the uncompressed tar
   * @param created when it was made, if known
   */
  public record FinishedLayer(Digest diffId, Optional<Instant> created) {}

  /**
   * The config: all layers, history with its times filled in, labels of the request last. Entries
   * of history and layers are brought to agree in number, as BuildKit does.
   *
   * @param stage the final stage after its last instruction
   * @param layers all of them, those of the base first
   * @param labels given to the build; they win
   */
  public static ImageConfig of(
      StageState stage, List<FinishedLayer> layers, Map<String, String> labels) {
    ImageConfig image = stage.image();
    List<History> history = filled(agreeing(image.history(), layers), layers);
    history = clamped(history, stage.epoch());
    Optional<Instant> created = Optional.empty();
    for (History entry : history) {
      if (entry.created().isPresent()) {
        created = entry.created();
      }
    }
    var all = new TreeMap<>(image.config().labels());
    all.putAll(labels);
    return image
        .withConfig(image.config().withLabels(all))
        .withLayers(layers.stream().map(FinishedLayer::diffId).toList(), history)
        .withCreated(created);
  }

  /** One entry that is not empty for each layer. */
  private static List<History> agreeing(List<History> history, List<FinishedLayer> layers) {
    var entries = new ArrayList<History>();
    int used = 0;
    for (History entry : history) {
      boolean empty = entry.emptyLayer() || used >= layers.size();
      used += empty ? 0 : 1;
      entries.add(
          new History(
              entry.created(),
              entry.createdBy(),
              entry.author(),
              entry.comment(),
              empty,
              entry.extra()));
    }
    for (FinishedLayer layer : layers.subList(used, layers.size())) {
      entries.add(History.of(layer.created(), "", "buildkit.exporter.image.v0", false));
    }
    return entries;
  }

  /**
   * An entry with a layer has the layer's time. One without has the time of the entry before it;
   * those before the first new layer have that layer's time.
   */
  private static List<History> filled(List<History> history, List<FinishedLayer> layers) {
    var entries = new ArrayList<History>();
    int next = 0;
    for (History entry : history) {
      boolean timeless = !entry.emptyLayer() && entry.created().isEmpty();
      entries.add(timeless ? entry.withCreated(layers.get(next).created()) : entry);
      next += entry.emptyLayer() ? 0 : 1;
    }
    Optional<Instant> time = firstNewTime(entries);
    boolean missing = false;
    for (int i = 0; i < entries.size(); i++) {
      History entry = entries.get(i);
      if (entry.created().isPresent()) {
        time = missing ? entry.created() : time;
      } else {
        missing = true;
        entries.set(i, entry.withCreated(time));
      }
    }
    return entries;
  }

  /** The first time after an entry without one; if there is none, the last time of all. */
  private static Optional<Instant> firstNewTime(List<History> entries) {
    Optional<Instant> time = Optional.empty();
    boolean missing = false;
    for (History entry : entries) {
      if (entry.created().isEmpty()) {
        missing = true;
        continue;
      }
      time = entry.created();
      if (missing) {
        break;
      }
    }
    return time;
  }

  /** New entries already have the epoch; what was filled in from layers may be later. */
  private static List<History> clamped(List<History> history, Optional<Instant> epoch) {
    if (epoch.isEmpty()) {
      return history;
    }
    return history.stream()
        .map(entry ->
            entry.comment().equals(Optional.of("buildkit.exporter.image.v0"))
                    && entry.created().filter(time -> time.isAfter(epoch.get())).isPresent()
                ? entry.withCreated(epoch)
                : entry)
        .toList();
  }
}
