package dev.cairn.service.access;

import dev.cairn.service.Right;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Rights as they are stored: their spellings with commas between them. */
final class Rights {
  private Rights() {}

  static String spell(Set<Right> rights) {
    return new TreeSet<>(rights).stream().map(Right::text).collect(Collectors.joining(","));
  }

  static Set<Right> parse(String text) {
    Set<Right> rights = EnumSet.noneOf(Right.class);
    if (!text.isEmpty()) {
      for (String right : text.split(",")) {
        rights.add(Right.parse(right));
      }
    }
    return rights;
  }
}
