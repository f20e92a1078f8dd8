package dev.cairn.dockerfile;

import dev.cairn.dockerfile.value.Suggestion;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The flags of one instruction, checked against those it knows. */
final class Flags {
  private final Map<String, String> values = new HashMap<>();
  private final Map<String, List<String>> lists = new HashMap<>();

  /**
   * Reads the flags of a node.
   *
   * @param texts flags with one value
   * @param booleans flags without a value or with true or false
   * @param repeated flags that may be given several times
   */
  Flags(Node node, Set<String> texts, Set<String> booleans, Set<String> repeated) {
    for (String flag : node.flags()) {
      int equals = flag.indexOf('=');
      String name = flag.substring(2, equals < 0 ? flag.length() : equals);
      Optional<String> value =
          equals < 0 ? Optional.empty() : Optional.of(flag.substring(equals + 1));
      if (repeated.contains(name)) {
        lists
            .computeIfAbsent(name, key -> new java.util.ArrayList<>())
            .add(value.orElseThrow(() -> missing(node, name)));
        continue;
      }
      String checked;
      if (booleans.contains(name)) {
        checked = truth(node, name, value);
      } else if (texts.contains(name)) {
        checked = value.orElseThrow(() -> missing(node, name));
      } else {
        var known = new TreeSet<>(texts);
        known.addAll(booleans);
        known.addAll(repeated);
        throw new DockerfileException(
            Problem.UNKNOWN_FLAG,
            "unknown flag: --" + name + Suggestion.hint(name, known),
            node.source());
      }
      if (values.put(name, checked) != null) {
        throw new DockerfileException(
            Problem.DUPLICATE_FLAG, "duplicate flag specified: " + name, node.source());
      }
    }
  }

  /** Refuses every flag. */
  static void none(Node node) {
    new Flags(node, Set.of(), Set.of(), Set.of()).values.clear();
  }

  private static String truth(Node node, String name, Optional<String> value) {
    if (value.isPresent() && value.get().isEmpty()) {
      throw missing(node, name);
    }
    String word = value.orElse("true").toLowerCase(Locale.ROOT);
    if (!word.equals("true") && !word.equals("false")) {
      throw new DockerfileException(
          Problem.FLAG_VALUE,
          "expecting boolean value for flag " + name + ", not: " + value.orElse(""),
          node.source());
    }
    return word;
  }

  private static DockerfileException missing(Node node, String name) {
    return new DockerfileException(
        Problem.FLAG_VALUE, "missing a value on flag: " + name, node.source());
  }

  /** A value; an empty one counts as not given. */
  Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
  }

  Optional<Boolean> truth(String name) {
    return Optional.ofNullable(values.get(name)).map("true"::equals);
  }

  List<String> list(String name) {
    return lists.getOrDefault(name, List.of());
  }
}
