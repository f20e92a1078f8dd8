package dev.cairn.linux.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A runtime's own log: an error entry in it means that the runtime failed, not the step. */
final class RuntimeLog {
  private static final int MOST_BYTES = 64 * 1024;

  private RuntimeLog() {}

  /** The last error entry, if any. */
  static Optional<String> error(JsonMapper json, Path log) throws IOException {
    if (!Files.exists(log)) {
      return Optional.empty();
    }
    String text;
    try (var in = Files.newInputStream(log)) {
      text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
    }
    var errors = new ArrayList<String>();
    // Not by line: crun writes an entry over several.
    try (var entries = json.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
      while (entries.hasNext()) {
        var entry = entries.next();
        if (entry.path("level").asString("").equals("error")) {
          errors.add(entry.path("msg").asString("unknown error"));
        }
      }
    } catch (JacksonException e) {
      errors.add(text.strip());
    }
    return errors.isEmpty() ? Optional.empty() : Optional.of(errors.getLast());
  }
}
