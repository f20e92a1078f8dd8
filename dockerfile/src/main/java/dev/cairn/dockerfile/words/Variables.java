package dev.cairn.dockerfile.words;

import java.util.Map;
import java.util.Optional;

/** Where the expander looks up a variable. */
@FunctionalInterface
public interface Variables {
  /** Knows no variable. */
  Variables NONE = name -> Optional.empty();

  /** The value, or empty if the variable is unset. An empty value is a value. */
  Optional<String> get(String name);

  /** Looks up in a copy of the map. */
  static Variables of(Map<String, String> values) {
    var copy = Map.copyOf(values);
    return name -> Optional.ofNullable(copy.get(name));
  }
}
