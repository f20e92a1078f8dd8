package dev.cairn.oci;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of one JSON object, read with checks; errors name the field by its full path. Null
 * counts as absent.
 */
final class Fields {

  private static final int ENTRIES_LIMIT = 10_000;

  private final ObjectNode node;
  private final String path;

  Fields(ObjectNode node, String path) {
    this.node = node;
    this.path = path;
  }

  /**
   * Refuses keys that equal a known one but for their case: readers that ignore case (Go's) would
   * take them for the field and see another document than we do.
   */
  Fields refusingCaseVariantsOf(Set<String> known) {
    for (String key : node.propertyNames()) {
      if (known.contains(key)) {
        continue;
      }
      for (String name : known) {
        if (name.toLowerCase(Locale.ROOT).equals(key.toLowerCase(Locale.ROOT))) {
          throw new InvalidOciException(
              at(key) + " is spelled " + name + "; other spellings are ambiguous");
        }
      }
    }
    return this;
  }

  boolean has(String name) {
    return present(name).isPresent();
  }

  Optional<String> string(String name) {
    return present(name)
        .map(value -> {
          if (!value.isString()) {
            throw new InvalidOciException(at(name) + " must be a string");
          }
          return value.stringValue();
        });
  }

  String requiredString(String name) {
    return string(name).orElseThrow(() -> missing(name));
  }

  long longNumber(String name, long absent) {
    return present(name)
        .map(value -> {
          if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new InvalidOciException(at(name) + " must be a whole number of at most 63 bits");
          }
          return value.longValue();
        })
        .orElse(absent);
  }

  boolean flag(String name) {
    return present(name)
        .map(value -> {
          if (!value.isBoolean()) {
            throw new InvalidOciException(at(name) + " must be true or false");
          }
          return value.booleanValue();
        })
        .orElse(false);
  }

  Optional<List<String>> strings(String name) {
    return array(name, ENTRIES_LIMIT)
        .map(array -> {
          var list = new ArrayList<String>();
          for (JsonNode item : array) {
            if (!item.isString()) {
              throw new InvalidOciException(at(name) + " must hold strings only");
            }
            list.add(item.stringValue());
          }
          return List.copyOf(list);
        });
  }

  Map<String, String> stringMap(String name) {
    var map = new LinkedHashMap<String, String>();
    object(name)
        .ifPresent(fields -> {
          fields.checkCount();
          for (var entry : fields.node.properties()) {
            map.put(entry.getKey(), fields.requiredString(entry.getKey()));
          }
        });
    return map;
  }

  /** The keys of a {@code {"key": {}}} map. */
  Set<String> keys(String name) {
    return object(name)
        .map(fields -> {
          fields.checkCount();
          return Set.copyOf(fields.node.propertyNames());
        })
        .orElse(Set.of());
  }

  Optional<Fields> object(String name) {
    return present(name)
        .map(value -> {
          if (value instanceof ObjectNode object) {
            return new Fields(object, at(name));
          }
          throw new InvalidOciException(at(name) + " must be an object");
        });
  }

  Fields requiredObject(String name) {
    return object(name).orElseThrow(() -> missing(name));
  }

  <T> List<T> objects(String name, int limit, Function<Fields, T> reader) {
    var list = new ArrayList<T>();
    Optional<ArrayNode> array = array(name, limit);
    if (array.isPresent()) {
      for (JsonNode item : array.get()) {
        String itemPath = at(name) + "[" + list.size() + "]";
        if (!(item instanceof ObjectNode object)) {
          throw new InvalidOciException(itemPath + " must be an object");
        }
        list.add(reader.apply(new Fields(object, itemPath)));
      }
    }
    return List.copyOf(list);
  }

  /** Runs a parser of a field's text and puts the field's path before its error. */
  <T> T parsed(String name, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidOciException(at(name) + ": " + e.getMessage(), e);
    }
  }

  /** All fields that are not known, as they came. */
  ExtraFields except(Set<String> known) {
    ObjectNode rest = Json.newObject();
    for (var entry : node.properties()) {
      if (!known.contains(entry.getKey())) {
        rest.set(entry.getKey(), entry.getValue());
      }
    }
    return new ExtraFields(rest);
  }

  InvalidOciException missing(String name) {
    return new InvalidOciException(at(name) + " is missing");
  }

  String at(String name) {
    String shown = InvalidOciException.quote(name);
    return path + "." + shown.substring(1, shown.length() - 1);
  }

  private Optional<ArrayNode> array(String name, int limit) {
    return present(name)
        .map(value -> {
          if (!(value instanceof ArrayNode array)) {
            throw new InvalidOciException(at(name) + " must be a list");
          }
          if (array.size() > limit) {
            throw new InvalidOciException(
                at(name) + " has " + array.size() + " entries; at most " + limit + " are read");
          }
          return array;
        });
  }

  private void checkCount() {
    if (node.size() > ENTRIES_LIMIT) {
      throw new InvalidOciException(path + " has more than " + ENTRIES_LIMIT + " entries");
    }
  }

  private Optional<JsonNode> present(String name) {
    return node.optional(name).filter(value -> !value.isNull());
  }
}
