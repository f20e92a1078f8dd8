package dev.cairn.content;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The extended attributes of a file: names in order, values of any bytes. Immutable. */
public final class Xattrs {

  /** No attributes. */
  public static final Xattrs NONE = new Xattrs(new TreeMap<>());

  private final SortedMap<String, byte[]> values;

  private Xattrs(SortedMap<String, byte[]> values) {
    this.values = values;
  }

  /** The attributes of the map; values are copied. */
  public static Xattrs of(Map<String, byte[]> values) {
    if (values.isEmpty()) {
      return NONE;
    }
    var copy = new TreeMap<String, byte[]>();
    values.forEach((name, value) -> copy.put(name, value.clone()));
    return new Xattrs(copy);
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** The names in order, such as {@code security.capability}. */
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(values.keySet()));
  }

  /** A copy of the value of this name. */
  public Optional<byte[]> value(String name) {
    return Optional.ofNullable(values.get(name)).map(byte[]::clone);
  }

  /** The same without the names that the test does not keep. */
  public Xattrs keep(Predicate<String> test) {
    var kept = new TreeMap<>(values);
    kept.keySet().removeIf(test.negate());
    return kept.size() == values.size() ? this : kept.isEmpty() ? NONE : new Xattrs(kept);
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Xattrs that) || !values.keySet().equals(that.values.keySet())) {
      return false;
    }
    return values.entrySet().stream()
        .allMatch(entry -> Arrays.equals(entry.getValue(), that.values.get(entry.getKey())));
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (var entry : values.entrySet()) {
      hash = 31 * hash + entry.getKey().hashCode() * 17 + Arrays.hashCode(entry.getValue());
    }
    return hash;
  }

  @Override
  public String toString() {
    return values.keySet().toString();
  }
}
