package dev.cairn.server.hypeman;

import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The caller's own marks on builds, images and builders, and the filter by them. */
final class Tags {
  private static final int MOST = 50;
  private static final Pattern TEXT = Pattern.compile("[A-Za-z0-9 _.:/=+@-]*");

  private Tags() {}

  /**
   * Reads an object of texts.
   *
   * @throws ApiException 400 {@code invalid_request}
   */
  static Map<String, String> read(JsonNode object) {
    if (!object.isObject()) {
      throw CreateFields.invalid("tags must be a JSON object of texts");
    }
    Map<String, String> tags = new LinkedHashMap<>();
    for (var entry : object.properties()) {
      if (!entry.getValue().isString()) {
        throw CreateFields.invalid("tags must be a JSON object whose values are texts");
      }
      tags.put(entry.getKey(), entry.getValue().stringValue());
    }
    if (tags.size() > MOST) {
      throw CreateFields.invalid("there are at most 50 tags");
    }
    tags.forEach((key, value) -> {
      if (key.isEmpty() || key.length() > 128 || value.length() > 256) {
        throw CreateFields.invalid("a tag's key has 1 to 128 characters and its value at most 256");
      }
      if (!TEXT.matcher(key).matches() || !TEXT.matcher(value).matches()) {
        throw CreateFields.invalid("tags hold letters, digits, spaces and _ . : / = + @ - only");
      }
    });
    return tags;
  }

  /** {@code tags[key]=value} of the query; every pair counts. */
  static Map<String, String> filter(Request request) {
    Map<String, String> tags = new HashMap<>();
    request
        .queries()
        .forEach((name, values) -> {
          if (name.startsWith("tags[") && name.endsWith("]")) {
            tags.put(name.substring(5, name.length() - 1), values.getLast());
          }
        });
    return tags;
  }

  /** Whether these marks hold every pair of the filter. */
  static boolean match(Map<String, String> tags, Map<String, String> filter) {
    return tags.entrySet().containsAll(filter.entrySet());
  }
}
