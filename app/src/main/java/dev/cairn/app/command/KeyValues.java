package dev.cairn.app.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The value of an option such as {@code --output type=oci,dest=FILE}: comma-separated pairs, each
 * of which may be quoted as in CSV (RFC 4180) when it holds a comma.
 */
final class KeyValues {
  private final String option;
  private final Map<String, String> pairs;

  private KeyValues(String option, Map<String, String> pairs) {
    this.option = option;
    this.pairs = pairs;
  }

  /**
   * Reads the pairs.
   *
   * @param option the option's name, for messages
   * @param loneKey the key that a single word without {@code =} stands for
   */
  static KeyValues parse(String option, String text, String loneKey) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String field : fields(option, text)) {
      int equals = field.indexOf('=');
      String key = equals < 0 ? loneKey : field.substring(0, equals).strip();
      String value = equals < 0 ? field : field.substring(equals + 1);
      if (key.isEmpty() || pairs.put(key, value) != null) {
        throw new UsageException(option + " has a missing or repeated key: " + text);
      }
    }
    return new KeyValues(option, pairs);
  }

  private static List<String> fields(String option, String text) {
    List<String> fields = new ArrayList<>();
    var field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
          field.append('"');
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    if (quoted) {
      throw new UsageException(option + " has a quote without an end: " + text);
    }
    fields.add(field.toString());
    return fields;
  }

  /** Takes a value out. */
  Optional<String> take(String key) {
    return Optional.ofNullable(pairs.remove(key));
  }

  /** Takes a value out that must be there. */
  String require(String key) {
    return take(key)
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> new UsageException(option + " needs " + key + "=…"));
  }

  /** Refuses whatever was not taken out, by name. */
  void refuseRest() {
    if (!pairs.isEmpty()) {
      throw new UsageException(
          option + " does not know " + String.join(", ", pairs.keySet()) + " (or not here)");
    }
  }
}
