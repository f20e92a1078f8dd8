package dev.cairn.dockerfile;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds a request's named context for a stage or image name. */
final class ContextNames {
  private ContextNames() {}

  /** A context with that name, or whose name means the same image. */
  static Optional<String> find(Set<String> contexts, String name) {
    if (contexts.isEmpty()) {
      return Optional.empty();
    }
    if (contexts.contains(name)) {
      return Optional.of(name);
    }
    String wanted = normal(name);
    return contexts.stream().filter(context -> normal(context).equals(wanted)).sorted().findFirst();
  }

  /** Without the default registry, the library folder, the latest tag and letter case. */
  private static String normal(String name) {
    String text = name.toLowerCase(Locale.ROOT);
    for (String prefix : new String[] {"index.docker.io/", "docker.io/", "library/"}) {
      if (text.startsWith(prefix)) {
        text = text.substring(prefix.length());
      }
    }
    return text.endsWith(":latest") ? text.substring(0, text.length() - ":latest".length()) : text;
  }
}
