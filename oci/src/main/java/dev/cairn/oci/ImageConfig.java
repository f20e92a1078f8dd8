package dev.cairn.oci;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The config of an image (OCI image specification, "Image Configuration"): platform, how to start,
 * the digests of the uncompressed layers, and the history. Fields that we do not know are kept and
 * written again.
 */
public record ImageConfig(
    Platform platform,
    Optional<Instant> created,
    Optional<String> author,
    ContainerConfig config,
    List<Digest> diffIds,
    List<History> history,
    ExtraFields extra) {

  /** The most bytes of a config that are read: 8 MiB. */
  public static final int BYTES_LIMIT = 8 * 1024 * 1024;

  private static final int LAYERS_LIMIT = 1_000;
  private static final int HISTORY_LIMIT = 10_000;
  private static final Set<String> KNOWN =
      Set.of(
          "architecture",
          "author",
          "config",
          "created",
          "history",
          "os",
          "os.version",
          "rootfs",
          "variant");

  /** Copies the lists. */
  public ImageConfig {
    diffIds = List.copyOf(diffIds);
    history = List.copyOf(history);
  }

  /** The config of {@code FROM scratch}: nothing but the platform. */
  public static ImageConfig empty(Platform platform) {
    return new ImageConfig(
        platform,
        Optional.empty(),
        Optional.empty(),
        ContainerConfig.EMPTY,
        List.of(),
        List.of(),
        ExtraFields.NONE);
  }

  /** Reads a config; anything that is none, or too large, is an {@link InvalidOciException}. */
  public static ImageConfig parse(byte[] bytes) {
    var fields = new Fields(Json.readObject(bytes, BYTES_LIMIT, "image config"), "image config");
    fields.refusingCaseVariantsOf(KNOWN);
    // Images of the first years have no os or architecture; all of them were made for Linux on
    // amd64.
    String os = fields.string("os").filter(text -> !text.isEmpty()).orElse("linux");
    String architecture =
        fields.string("architecture").filter(text -> !text.isEmpty()).orElse("amd64");
    var platform =
        fields.parsed(
            "os",
            os,
            name ->
                new Platform(
                    name, architecture, fields.string("variant"), fields.string("os.version")));
    return new ImageConfig(
        platform,
        fields.string("created").map(text -> fields.parsed("created", text, Timestamps::parse)),
        fields.string("author").filter(text -> !text.isEmpty()),
        fields.object("config").map(ContainerConfig::read).orElse(ContainerConfig.EMPTY),
        readDiffIds(fields),
        fields.objects("history", HISTORY_LIMIT, History::read),
        fields.except(KNOWN));
  }

  /** Compact JSON, top level sorted by key, equal for equal configs. */
  public byte[] toBytes() {
    var top = new TreeMap<String, JsonNode>();
    ObjectNode rest = Json.newObject();
    extra.addTo(rest);
    rest.put("architecture", platform.architecture());
    author.ifPresent(text -> rest.put("author", text));
    rest.set("config", config.write());
    created.ifPresent(time -> rest.put("created", Timestamps.format(time)));
    if (!history.isEmpty()) {
      var list = rest.putArray("history");
      history.forEach(entry -> list.add(entry.write()));
    }
    rest.put("os", platform.os());
    platform.osVersion().ifPresent(version -> rest.put("os.version", version));
    ObjectNode rootfs = rest.putObject("rootfs");
    rootfs.put("type", "layers");
    var ids = rootfs.putArray("diff_ids");
    diffIds.forEach(id -> ids.add(id.toString()));
    platform.variant().ifPresent(variant -> rest.put("variant", variant));
    rest.properties().forEach(entry -> top.put(entry.getKey(), entry.getValue()));
    ObjectNode sorted = Json.newObject();
    sorted.setAll(top);
    return Json.write(sorted);
  }

  /**
   * How many history entries stand for a layer; equal to the number of layers in a sound image with
   * a history.
   */
  public long historyLayers() {
    return history.stream().filter(entry -> !entry.emptyLayer()).count();
  }

  /** The same image with this platform. */
  public ImageConfig withPlatform(Platform newPlatform) {
    return new ImageConfig(newPlatform, created, author, config, diffIds, history, extra);
  }

  /** The same image with this time. */
  public ImageConfig withCreated(Optional<Instant> newCreated) {
    return new ImageConfig(platform, newCreated, author, config, diffIds, history, extra);
  }

  /** The same image with this author. */
  public ImageConfig withAuthor(String newAuthor) {
    return new ImageConfig(
        platform, created, Optional.of(newAuthor), config, diffIds, history, extra);
  }

  /** The same image with this container config. */
  public ImageConfig withConfig(ContainerConfig newConfig) {
    return new ImageConfig(platform, created, author, newConfig, diffIds, history, extra);
  }

  /** The same image with these layers and this history instead. */
  public ImageConfig withLayers(List<Digest> newDiffIds, List<History> newHistory) {
    return new ImageConfig(platform, created, author, config, newDiffIds, newHistory, extra);
  }

  /** The same image with an entry added that has no layer. */
  public ImageConfig plus(History entry) {
    var longer = new ArrayList<>(history);
    longer.add(entry);
    return withLayers(diffIds, longer);
  }

  /** The same image with a layer and its entry added. */
  public ImageConfig plus(Digest diffId, History entry) {
    var ids = new ArrayList<>(diffIds);
    ids.add(diffId);
    var longer = new ArrayList<>(history);
    longer.add(entry);
    return withLayers(ids, longer);
  }

  /** The same image without fields that we do not know. */
  public ImageConfig withoutExtraFields() {
    return new ImageConfig(platform, created, author, config, diffIds, history, ExtraFields.NONE);
  }

  private static List<Digest> readDiffIds(Fields fields) {
    var rootfs = fields.requiredObject("rootfs").refusingCaseVariantsOf(Set.of("type", "diff_ids"));
    if (!rootfs.string("type").orElse("layers").equals("layers")) {
      throw new InvalidOciException(rootfs.at("type") + " must be \"layers\"");
    }
    List<String> ids = rootfs.strings("diff_ids").orElse(List.of());
    if (ids.size() > LAYERS_LIMIT) {
      throw new InvalidOciException(
          rootfs.at("diff_ids") + " has more than " + LAYERS_LIMIT + " entries");
    }
    return ids.stream().map(id -> rootfs.parsed("diff_ids", id, Digest::parse)).toList();
  }
}
