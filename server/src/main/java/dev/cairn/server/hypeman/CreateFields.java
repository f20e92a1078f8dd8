package dev.cairn.server.hypeman;

import dev.cairn.oci.Digest;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Reference;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The text fields of {@code POST /builds}, checked in the contract's order.
 *
 * @param secrets ids of the tenant's secrets
 * @param tags the caller's marks
 * @param imageName the name wanted, as typed
 * @param memoryMb memory, if given
 * @param cpus processors, if given
 * @param timeout for the whole build
 * @param cacheScope the tenant's cache
 * @param globalCacheKey the shared cache
 * @param admin whether the shared cache is written
 * @param baseDigest what the final stage's base must be
 * @param dockerfile the Dockerfile's text
 * @param builder the Builder whose cache is used
 */
record CreateFields(
    List<String> secrets,
    Map<String, String> tags,
    Optional<String> imageName,
    Optional<Integer> memoryMb,
    Optional<Integer> cpus,
    Duration timeout,
    Optional<String> cacheScope,
    Optional<String> globalCacheKey,
    boolean admin,
    Optional<Digest> baseDigest,
    Optional<String> dockerfile,
    Optional<String> builder) {
  private static final int DEFAULT_TIMEOUT = 600;
  private static final int MOST_MEMORY_MB = 16384;
  private static final int MOST_CPUS = 8;
  private static final Pattern CACHE_NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final Pattern SECRET_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  /** Checks what the form holds; {@code hasSource} since its absence stands amid the order. */
  static CreateFields check(Map<String, String> form, boolean hasSource, Duration maxTimeout) {
    List<String> secrets = secrets(form.getOrDefault("secrets", ""));
    Map<String, String> tags = tags(form.getOrDefault("tags", ""));
    if (!hasSource) {
      throw invalid("source is required: a gzip-compressed tar archive of the build context");
    }
    Optional<String> imageName = present(form, "image_name").map(CreateFields::imageName);
    Optional<Integer> memory = number(form, "memory_mb", MOST_MEMORY_MB);
    Optional<Integer> cpus = number(form, "cpus", MOST_CPUS);
    int timeout =
        number(form, "timeout_seconds", Math.toIntExact(maxTimeout.toSeconds()))
            .orElse(DEFAULT_TIMEOUT);
    return new CreateFields(
        secrets,
        tags,
        imageName,
        memory,
        cpus,
        Duration.ofSeconds(timeout),
        cacheName(form, "cache_scope"),
        cacheName(form, "global_cache_key"),
        List.of("true", "1").contains(form.getOrDefault("is_admin_build", "")),
        present(form, "base_image_digest").map(CreateFields::digest),
        Optional.ofNullable(form.get("dockerfile")).filter(text -> !text.isBlank()),
        present(form, "builder_id"));
  }

  private static List<String> secrets(String text) {
    if (text.isBlank()) {
      return List.of();
    }
    JsonNode array = json("secrets", text);
    if (!array.isArray()) {
      throw invalid("secrets must be a JSON array of objects with an id");
    }
    List<String> ids = new ArrayList<>();
    for (JsonNode item : array) {
      if (!item.isObject() || !item.path("id").isString()) {
        throw invalid("secrets must be a JSON array of objects, each with an id that is a text");
      }
      String id = item.path("id").stringValue();
      if (!SECRET_ID.matcher(id).matches() || id.equals(".") || id.equals("..")) {
        throw invalid(
            "a secret's id has 1 to 128 letters, digits, dots, underscores and hyphens and is not"
                + " a dot path");
      }
      if (!ids.contains(id)) {
        ids.add(id);
      }
    }
    return ids;
  }

  private static Map<String, String> tags(String text) {
    if (text.isBlank()) {
      return Map.of();
    }
    return Tags.read(json("tags", text));
  }

  private static JsonNode json(String field, String text) {
    try {
      return Json.LENIENT.readTree(text);
    } catch (JacksonException e) {
      throw invalid(field + " is not valid JSON").cause(e);
    }
  }

  private static String imageName(String text) {
    try {
      if (Reference.parse(text).digest().isPresent()) {
        throw invalid("image_name names a tag, not a digest");
      }
      return text;
    } catch (InvalidOciException e) {
      throw invalid("image_name is not a valid image reference: " + e.getMessage()).cause(e);
    }
  }

  /** Zero and less mean the default; so does absence. */
  private static Optional<Integer> number(Map<String, String> form, String field, int most) {
    Optional<String> text = present(form, field).map(String::strip);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!text.get().matches("[+-]?[0-9]{1,18}")) {
      throw invalid(field + " must be a whole number");
    }
    long value = Long.parseLong(text.get());
    if (value > most) {
      throw invalid(field + " is at most " + most);
    }
    return value < 1 ? Optional.empty() : Optional.of((int) value);
  }

  private static Optional<String> cacheName(Map<String, String> form, String field) {
    Optional<String> name = present(form, field);
    name.filter(text -> !CACHE_NAME.matcher(text).matches())
        .ifPresent(text -> {
          throw invalid(
              field
                  + " has 1 to 64 lower-case letters, digits and hyphens and begins with a"
                  + " letter or digit");
        });
    return name;
  }

  private static Digest digest(String text) {
    try {
      return Digest.parse(text.contains(":") ? text : "sha256:" + text);
    } catch (InvalidOciException e) {
      throw invalid("base_image_digest must be sha256: and 64 hexadecimal digits").cause(e);
    }
  }

  private static Optional<String> present(Map<String, String> form, String field) {
    return Optional.ofNullable(form.get(field)).filter(text -> !text.isEmpty());
  }

  static ApiException invalid(String message) {
    return new ApiException(400, "invalid_request", message);
  }
}
