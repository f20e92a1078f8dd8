package dev.cairn.oci;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A list of manifests, one per platform, or of other indexes (OCI image specification, "Image
 * Index").
 */
public record Index(
    MediaType mediaType,
    List<Descriptor> manifests,
    Map<String, String> annotations,
    Optional<Descriptor> subject,
    Optional<String> artifactType)
    implements ManifestDocument {

  /**
   * How deep indexes may stand in each other until the manifest: an index, in it an index, in it
   * manifests.
   */
  public static final int NESTING_LIMIT = 2;

  private static final int ENTRIES_LIMIT = 1_000;

  /** Checks the type and the number of entries; lists are copied, annotations sorted. */
  public Index {
    if (!mediaType.isIndex()) {
      throw new InvalidOciException(mediaType + " is not the type of an index");
    }
    if (manifests.size() > ENTRIES_LIMIT) {
      throw new InvalidOciException(
          "index has " + manifests.size() + " entries; at most " + ENTRIES_LIMIT + " are allowed");
    }
    manifests = List.copyOf(manifests);
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  /** An OCI index without annotations. */
  public static Index oci(List<Descriptor> manifests) {
    return new Index(MediaType.OCI_INDEX, manifests, Map.of(), Optional.empty(), Optional.empty());
  }

  /** A Docker manifest list. */
  public static Index docker(List<Descriptor> manifests) {
    return new Index(
        MediaType.DOCKER_INDEX, manifests, Map.of(), Optional.empty(), Optional.empty());
  }

  /** Reads an index; an image manifest, or anything else, is an {@link InvalidOciException}. */
  public static Index parse(byte[] bytes) {
    return switch (ManifestDocument.parse(bytes, Optional.empty())) {
      case Index index -> index;
      case Manifest manifest ->
          throw new InvalidOciException("an index is needed, but this is one image's manifest");
    };
  }

  /** The same index with these annotations instead. */
  public Index withAnnotations(Map<String, String> newAnnotations) {
    return new Index(mediaType, manifests, newAnnotations, subject, artifactType);
  }

  /** The best entry for the platform; see {@link PlatformChoice}. */
  public Optional<Descriptor> choose(Platform platform) {
    return PlatformChoice.choose(manifests, platform);
  }

  @Override
  public byte[] toBytes() {
    ObjectNode node = Json.newObject();
    node.put("schemaVersion", 2);
    node.put("mediaType", mediaType.value());
    artifactType.ifPresent(type -> node.put("artifactType", type));
    ArrayNode list = node.putArray("manifests");
    manifests.forEach(manifest -> list.add(DescriptorJson.write(manifest)));
    subject.ifPresent(descriptor -> node.set("subject", DescriptorJson.write(descriptor)));
    DescriptorJson.writeMap(node, "annotations", annotations);
    return Json.write(node);
  }

  static Index read(MediaType type, Fields fields) {
    if (!fields.has("manifests")) {
      throw fields.missing("manifests");
    }
    return new Index(
        type,
        fields.objects("manifests", ENTRIES_LIMIT, DescriptorJson::read),
        fields.stringMap("annotations"),
        fields.object("subject").map(DescriptorJson::read),
        fields.string("artifactType").filter(text -> !text.isEmpty()));
  }
}
