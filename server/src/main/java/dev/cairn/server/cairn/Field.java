package dev.cairn.server.cairn;

import dev.cairn.server.http.ApiException;
import java.util.Base64;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Turns single values of a body into the model's, naming the field if one does not fit. */
final class Field {
  private Field() {}

  /** A wrong field: 400 {@code invalid-field}. */
  static ApiException invalid(String field, String problem) {
    return new ApiException(400, "invalid-field", field + ": " + problem);
  }

  /** A field that must be there. */
  static <T> T required(String field, Optional<T> value) {
    return value.orElseThrow(() -> invalid(field, "is required"));
  }

  /** Reads a value by a parser that throws when it does not fit. */
  static <T, R> R read(String field, T value, Function<T, R> parser) {
    try {
      return parser.apply(value);
    } catch (IllegalArgumentException e) {
      throw invalid(field, String.valueOf(e.getMessage())).cause(e);
    }
  }

  /** The bytes of a base64 text. */
  static byte[] base64(String field, String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      // The message of the decoder may quote what was sent, which may be a secret.
      throw invalid(field, "is not base64");
    }
  }

  /** A constant by its lower-case name. */
  static <E extends Enum<E>> E constant(String field, String text, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (word(constant).equals(text)) {
        return constant;
      }
    }
    throw invalid(
        field,
        "is one of "
            + String.join(
                ", ", java.util.Arrays.stream(type.getEnumConstants()).map(Field::word).toList()));
  }

  /** A constant as it stands in JSON: lower case with hyphens. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Exactly one of the members of an object, or an error that names them. */
  static void exactlyOne(String field, Map<String, Boolean> given) {
    if (given.values().stream().filter(there -> there).count() != 1) {
      throw invalid(
          field,
          "exactly one of "
              + String.join(", ", given.keySet().stream().sorted().toList())
              + " is given");
    }
  }

  /** A list or map without null in it. */
  static <C extends Collection<?>> C noNull(String field, C values) {
    for (Object value : values) {
      if (value == null) {
        throw invalid(field, "holds a null");
      }
    }
    return values;
  }

  static <V> Map<String, V> map(String field, Optional<Map<String, V>> values, int most) {
    Map<String, V> map = values.orElse(Map.of());
    if (map.size() > most) {
      throw invalid(field, "has at most " + most + " members");
    }
    noNull(field, map.values());
    return map;
  }

  static <V> java.util.List<V> list(String field, Optional<java.util.List<V>> values, int most) {
    java.util.List<V> list = values.orElse(java.util.List.of());
    if (list.size() > most) {
      throw invalid(field, "has at most " + most + " elements");
    }
    return noNull(field, list);
  }
}
