package dev.cairn.server.hypeman;

import dev.cairn.build.Origin;
import dev.cairn.server.http.Json;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What this dialect remembers of a build only to say it again; it travels as opaque text in the
 * build's origin.
 *
 * @param imageName as the caller typed it
 * @param pin the base digest asked for
 * @param lockfiles SHA-256 of each known lock file at the root of the source
 */
record Document(@Nullable String imageName, @Nullable String pin, Map<String, String> lockfiles) {
  static final String DIALECT = "hypeman";

  Document {
    lockfiles = Map.copyOf(lockfiles);
  }

  String write() {
    return Json.STRICT.writeValueAsString(this);
  }

  /** The document of a build; an empty one if it came through another API. */
  static Document of(Origin origin) {
    Optional<String> text = origin.resource().filter(t -> origin.dialect().equals(DIALECT));
    if (text.isPresent()) {
      try {
        return Json.LENIENT.readValue(text.get(), Document.class);
      } catch (JacksonException e) {
        throw new IllegalStateException("a stored document of this dialect is damaged", e);
      }
    }
    return new Document(null, null, Map.of());
  }
}
