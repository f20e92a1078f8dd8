package dev.cairn.app.command;

import dev.cairn.app.client.CairnApi;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Brings a finished build's result to where the options say. */
final class Delivery {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final CairnApi api;
  private final Surroundings around;

  Delivery(CairnApi api, Surroundings around) {
    this.api = api;
    this.around = around;
  }

  /** Delivers all of it. */
  void deliver(JsonNode build, OutputFlags flags) throws IOException {
    String id = build.path("id").asString("");
    for (OutputOption output : flags.outputs()) {
      deliver(id, output);
    }
    String digest = digest(build);
    if (flags.imageIdFile.isPresent()) {
      write(around.path(flags.imageIdFile.get()), digest);
    }
    if (flags.metadataFile.isPresent()) {
      write(around.path(flags.metadataFile.get()), JSON.writeValueAsString(metadata(build)) + "\n");
    }
  }

  /** The digest of a ready build's image. */
  static String digest(JsonNode build) {
    return build.path("result").path("image").path("digest").asString("");
  }

  private void deliver(String id, OutputOption output) throws IOException {
    if (output.destination().isEmpty()) {
      return;
    }
    if (output.type() == OutputOption.Type.LOCAL) {
      Path directory = around.path(output.destination().get().toString());
      Files.createDirectories(directory);
      api.output(id, "tar", in -> new TreeUnpacker(directory, around.err()).unpack(in));
      return;
    }
    String type =
        switch (output.type()) {
          case OCI -> "oci";
          case DOCKER -> "docker";
          case TAR, LOCAL, IMAGE, REGISTRY -> "tar";
        };
    if (output.toStandardOutput()) {
      api.output(
          id,
          type,
          in -> {
            in.transferTo(around.out());
            around.out().flush();
          });
      return;
    }
    Path target = around.path(output.destination().get().toString());
    if (Files.isDirectory(target)) {
      throw new IOException(target + " is a directory; name a file by dest=");
    }
    api.output(id, type, in -> save(in, target));
  }

  /** Writes beside and renames, so that a file of this name is always whole. */
  private static void save(InputStream in, Path target) throws IOException {
    Path parent = target.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      // A pipe or device is written as it is.
      try (OutputStream out = Files.newOutputStream(target)) {
        in.transferTo(out);
      }
      return;
    }
    Path beside = target.resolveSibling("." + target.getFileName() + ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(beside), 64 << 10)) {
        in.transferTo(out);
      }
      Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  private static Map<String, Object> metadata(JsonNode build) {
    JsonNode result = build.path("result");
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("cairn.build.id", build.path("id").asString(""));
    metadata.put("cairn.build.builder", result.path("builder").asString(""));
    metadata.put("containerimage.digest", digest(build));
    metadata.put("containerimage.descriptor", result.path("image"));
    StringBuilder names = new StringBuilder();
    for (JsonNode name : result.path("references")) {
      names.append(names.isEmpty() ? "" : ",").append(name.asString(""));
    }
    metadata.put("image.name", names.toString());
    return metadata;
  }
}
