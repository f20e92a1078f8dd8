package dev.cairn.app.command;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the result goes, as {@code --output} says it.
 *
 * @param type in which form
 * @param destination the file or directory; {@code -} is standard output; absent for an image that
 *     stays in the registry
 * @param name where a pushed image goes, if not to the names of {@code -t}
 */
record OutputOption(Type type, Optional<Path> destination, Optional<String> name) {

  OutputOption(Type type, Optional<Path> destination) {
    this(type, destination, Optional.empty());
  }

  /** The forms of a result. */
  enum Type {
    /** An image in Cairn's registry. */
    IMAGE,
    /** An image in Cairn's registry that is pushed to others. */
    REGISTRY,
    /** An OCI layout packed with tar. */
    OCI,
    /** What {@code docker load} reads. */
    DOCKER,
    /** The file tree packed with tar. */
    TAR,
    /** The file tree in a directory. */
    LOCAL
  }

  /** Whether the result goes to standard output, which then carries nothing else. */
  boolean toStandardOutput() {
    return destination.filter(path -> path.toString().equals("-")).isPresent();
  }

  /** Reads {@code type=…,dest=…}; a lone path is {@code type=local}, a lone {@code -} a tar. */
  static OutputOption parse(String text) {
    if (text.equals("-")) {
      return new OutputOption(Type.TAR, Optional.of(Path.of("-")));
    }
    if (!text.contains("=")) {
      return new OutputOption(Type.LOCAL, Optional.of(Path.of(text)));
    }
    KeyValues values = KeyValues.parse("--output", text, "type");
    Type type =
        switch (values.require("type")) {
          case "image" ->
              values.take("push").filter("true"::equals).isPresent() ? Type.REGISTRY : Type.IMAGE;
          case "registry" -> Type.REGISTRY;
          case "oci" -> Type.OCI;
          case "docker" -> Type.DOCKER;
          case "tar" -> Type.TAR;
          case "local" -> Type.LOCAL;
          case String other ->
              throw new UsageException(
                  "--output type="
                      + other
                      + " is not known; it is one of image, registry, oci,"
                      + " docker, tar, local");
        };
    Optional<Path> destination = values.take("dest").map(Path::of);
    Optional<String> name = type == Type.REGISTRY ? values.take("name") : Optional.empty();
    values.refuseRest();
    boolean image = type == Type.IMAGE || type == Type.REGISTRY;
    if (image && destination.isPresent()) {
      throw new UsageException("--output type=image has no dest: the image is in the registry");
    }
    if (!image && destination.isEmpty()) {
      throw new UsageException(
          "--output " + text + " needs dest=… (or dest=- for standard output)");
    }
    var output = new OutputOption(type, destination, name);
    if (type == Type.LOCAL && output.toStandardOutput()) {
      throw new UsageException("--output type=local is a directory; type=tar may have dest=-");
    }
    return output;
  }
}
