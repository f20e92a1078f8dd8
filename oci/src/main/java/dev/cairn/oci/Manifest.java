package dev.cairn.oci;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The manifest of one image or artifact: its config and its layers, lowest first (OCI image
 * specification, "Image Manifest").
 */
public record Manifest(
    MediaType mediaType,
    Descriptor config,
    List<Descriptor> layers,
    Map<String, String> annotations,
    Optional<Descriptor> subject,
    Optional<String> artifactType)
    implements ManifestDocument {

  private static final int LAYERS_LIMIT = 1_000;

  /** Checks the type and the number of layers; lists are copied, annotations sorted. */
  public Manifest {
    if (!mediaType.isManifest()) {
      throw new InvalidOciException(mediaType + " is not the type of an image manifest");
    }
    if (layers.size() > LAYERS_LIMIT) {
      throw new InvalidOciException(
          "image has " + layers.size() + " layers; at most " + LAYERS_LIMIT + " are allowed");
    }
    layers = List.copyOf(layers);
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  /** An OCI image manifest without annotations. */
  public static Manifest oci(Descriptor config, List<Descriptor> layers) {
    return new Manifest(
        MediaType.OCI_MANIFEST, config, layers, Map.of(), Optional.empty(), Optional.empty());
  }

  /** A Docker schema 2 image manifest. */
  public static Manifest docker(Descriptor config, List<Descriptor> layers) {
    return new Manifest(
        MediaType.DOCKER_MANIFEST, config, layers, Map.of(), Optional.empty(), Optional.empty());
  }

  /** Reads a manifest; an index, or anything else, is an {@link InvalidOciException}. */
  public static Manifest parse(byte[] bytes) {
    return switch (ManifestDocument.parse(bytes, Optional.empty())) {
      case Manifest manifest -> manifest;
      case Index index ->
          throw new InvalidOciException("an image manifest is needed, but this is an index");
    };
  }

  /** The same manifest with these annotations instead. */
  public Manifest withAnnotations(Map<String, String> newAnnotations) {
    return new Manifest(mediaType, config, layers, newAnnotations, subject, artifactType);
  }

  /** The same manifest, about that other one. */
  public Manifest withSubject(Descriptor newSubject) {
    return new Manifest(
        mediaType, config, layers, annotations, Optional.of(newSubject), artifactType);
  }

  /** The same manifest with this artifact type. */
  public Manifest withArtifactType(String newType) {
    return new Manifest(mediaType, config, layers, annotations, subject, Optional.of(newType));
  }

  /** Whether config and layers are those of a container image, which can be unpacked and run. */
  public boolean isImage() {
    return config.mediaType().isConfig()
        && layers.stream().allMatch(layer -> layer.mediaType().isLayer());
  }

  @Override
  public byte[] toBytes() {
    ObjectNode node = Json.newObject();
    node.put("schemaVersion", 2);
    node.put("mediaType", mediaType.value());
    artifactType.ifPresent(type -> node.put("artifactType", type));
    node.set("config", DescriptorJson.write(config));
    ArrayNode list = node.putArray("layers");
    layers.forEach(layer -> list.add(DescriptorJson.write(layer)));
    subject.ifPresent(descriptor -> node.set("subject", DescriptorJson.write(descriptor)));
    DescriptorJson.writeMap(node, "annotations", annotations);
    return Json.write(node);
  }

  static Manifest read(MediaType type, Fields fields) {
    if (!fields.has("layers")) {
      throw fields.missing("layers");
    }
    return new Manifest(
        type,
        DescriptorJson.read(fields.requiredObject("config")),
        fields.objects("layers", LAYERS_LIMIT, DescriptorJson::read),
        fields.stringMap("annotations"),
        fields.object("subject").map(DescriptorJson::read),
        fields.string("artifactType").filter(text -> !text.isEmpty()));
  }
}
