package dev.cairn.app.command;

import java.util.Locale;

/** Sizes as people write them: {@code 64m}, {@code 2g}, {@code 512}. */
final class ByteSize {
  private ByteSize() {}

  /** Reads a size; the units are powers of 1024. */
  static long parse(String option, String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT).replaceAll("i?b$", "");
    long unit = 1;
    if (!lower.isEmpty()) {
      int exponent = "kmgt".indexOf(lower.charAt(lower.length() - 1)) + 1;
      if (exponent > 0) {
        unit = 1L << (10 * exponent);
        lower = lower.substring(0, lower.length() - 1);
      }
    }
    try {
      long value = Math.multiplyExact(Long.parseLong(lower.strip()), unit);
      if (value > 0) {
        return value;
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // Said below.
    }
    throw new UsageException(option + " is a size such as 64m or 2g, not: " + text);
  }

  /** Writes a size for a person: three digits and a unit. */
  static String text(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 999.5) {
      value /= 1000;
      unit++;
    }
    return String.format(
        Locale.ROOT, value < 9.95 ? "%.1f %cB" : "%.0f %cB", value, "kMGTPE".charAt(unit));
  }
}
