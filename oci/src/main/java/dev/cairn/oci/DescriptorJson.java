package dev.cairn.oci;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Descriptors and platforms as JSON, in the field order of the specification's Go types. */
final class DescriptorJson {

  private static final Set<String> KNOWN =
      Set.of(
          "mediaType", "digest", "size", "urls", "annotations", "data", "platform", "artifactType");

  private DescriptorJson() {}

  static Descriptor read(Fields fields) {
    fields.refusingCaseVariantsOf(KNOWN);
    if (fields.strings("urls").filter(urls -> !urls.isEmpty()).isPresent()) {
      throw new InvalidOciException(
          fields.at("urls")
              + " points to content outside the registry, which is refused; push the layer itself");
    }
    long size = fields.longNumber("size", -1);
    if (size < 0) {
      throw new InvalidOciException(
          fields.at("size") + " must be a whole number of bytes, not negative");
    }
    return new Descriptor(
        fields.parsed("mediaType", fields.requiredString("mediaType"), MediaType::new),
        fields.parsed("digest", fields.requiredString("digest"), Digest::parse),
        size,
        fields.stringMap("annotations"),
        fields.object("platform").flatMap(DescriptorJson::readPlatform),
        fields.string("artifactType").filter(type -> !type.isEmpty()));
  }

  static ObjectNode write(Descriptor descriptor) {
    ObjectNode node = Json.newObject();
    node.put("mediaType", descriptor.mediaType().value());
    node.put("digest", descriptor.digest().toString());
    node.put("size", descriptor.size());
    writeMap(node, "annotations", descriptor.annotations());
    descriptor.platform().ifPresent(platform -> node.set("platform", writePlatform(platform)));
    descriptor.artifactType().ifPresent(type -> node.put("artifactType", type));
    return node;
  }

  /**
   * Empty strings stand for nothing: some tools write a platform without any value into artifacts'
   * entries.
   */
  private static Optional<Platform> readPlatform(Fields fields) {
    Optional<String> os = fields.string("os").filter(text -> !text.isEmpty());
    Optional<String> architecture = fields.string("architecture").filter(text -> !text.isEmpty());
    if (os.isEmpty() && architecture.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        fields.parsed(
            "os",
            os.orElse("unknown"),
            name ->
                new Platform(
                    name,
                    architecture.orElse("unknown"),
                    fields.string("variant"),
                    fields.string("os.version"))));
  }

  private static ObjectNode writePlatform(Platform platform) {
    ObjectNode node = Json.newObject();
    node.put("architecture", platform.architecture());
    node.put("os", platform.os());
    platform.osVersion().ifPresent(version -> node.put("os.version", version));
    platform.variant().ifPresent(variant -> node.put("variant", variant));
    return node;
  }

  static void writeMap(ObjectNode node, String name, Map<String, String> map) {
    if (!map.isEmpty()) {
      ObjectNode object = node.putObject(name);
      map.forEach(object::put);
    }
  }
}
