package dev.cairn.linux.file;

import dev.cairn.linux.PathBytes;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The extended attributes of a file, by name in byte order; immutable. */
public final class ExtendedAttributes {
  /** No attributes. */
  public static final ExtendedAttributes NONE = new ExtendedAttributes(Map.of());

  private final SortedMap<String, byte[]> values = new TreeMap<>(PathBytes.BYTE_ORDER);

  /** Copies the names and values. */
  public ExtendedAttributes(Map<String, byte[]> values) {
    values.forEach((name, value) -> this.values.put(name, value.clone()));
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** The names, in byte order. */
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet((SortedSet<String>) values.keySet());
  }

  /** A copy of a value. */
  public Optional<byte[]> get(String name) {
    return Optional.ofNullable(values.get(name)).map(byte[]::clone);
  }

  /** Whether the attribute is this ASCII text. */
  public boolean has(String name, String text) {
    var value = values.get(name);
    return value != null && PathBytes.decode(value).equals(text);
  }

  /** Those whose name passes. */
  public ExtendedAttributes only(Predicate<String> keep) {
    var kept = new TreeMap<>(values);
    kept.keySet().removeIf(keep.negate());
    return kept.size() == values.size() ? this : new ExtendedAttributes(kept);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExtendedAttributes that
        && values.keySet().equals(that.values.keySet())
        && values.keySet().stream()
            .allMatch(name -> Arrays.equals(values.get(name), that.values.get(name)));
  }

  @Override
  public int hashCode() {
    return values.keySet().hashCode();
  }

  @Override
  public String toString() {
    return values.keySet().toString();
  }
}
