package dev.cairn.engine.step;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Replaces the values of a build's secrets in text that leaves the builder. Lines are masked whole,
 * after their pieces have been put together, so a value cut by a buffer's end is still found; a
 * value of several lines is masked line by line.
 */
public final class SecretMask {
  /** What stands in a value's place. */
  static final String STARS = "****";

  /** Shorter values would star ordinary words; nobody can guess more from their absence. */
  private static final int SHORTEST = 4;

  private final List<String> values = new ArrayList<>();

  /** A mask that knows nothing yet. */
  public SecretMask() {}

  /** From now on this value does not pass; the bytes are not kept as they are. */
  public synchronized void add(byte[] secret) {
    for (String line : new String(secret, StandardCharsets.UTF_8).split("\\R", -1)) {
      String value = line.strip();
      if (value.length() >= SHORTEST && !values.contains(value)) {
        values.add(value);
      }
    }
    // The longest first: one value may be the beginning of another.
    values.sort(Comparator.comparingInt(String::length).reversed());
  }

  /** The text with every known value starred out. */
  public synchronized String apply(String text) {
    String masked = text;
    for (String value : values) {
      if (masked.contains(value)) {
        masked = masked.replace(value, STARS);
      }
    }
    return masked;
  }
}
