package dev.cairn.engine.config;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Values as Go prints them, because histories of BuildKit are written so. */
final class GoText {

  private GoText() {}

  /** {@code %v} of a list: {@code [a b]}. */
  static String list(List<String> values) {
    return "[" + String.join(" ", values) + "]";
  }

  /** {@code %q} of a list: {@code ["a" "b"]}. */
  static String quotedList(List<String> values) {
    return values.stream().map(GoText::quote).collect(Collectors.joining(" ", "[", "]"));
  }

  /** {@code %q} of a text. */
  static String quote(String text) {
    var out = new StringBuilder("\"");
    text.codePoints().forEach(c -> appendQuoted(out, c));
    return out.append('"').toString();
  }

  private static void appendQuoted(StringBuilder out, int c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case 7 -> out.append("\\a");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case 11 -> out.append("\\v");
      default -> {
        if (isPrintable(c)) {
          out.appendCodePoint(c);
        } else if (c < 0x80) {
          out.append(String.format("\\x%02x", c));
        } else if (c < 0x10000) {
          out.append(String.format("\\u%04x", c));
        } else {
          out.append(String.format("\\U%08x", c));
        }
      }
    }
  }

  /** Letters, marks, numbers, punctuation, symbols and the plain blank. */
  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /** A duration: {@code 1m30s}, {@code 1.5s}, {@code 250ms}, {@code 0s}. */
  static String duration(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    String sign = duration.isNegative() ? "-" : "";
    Duration size = duration.abs();
    if (size.compareTo(Duration.ofSeconds(1)) < 0) {
      long nanos = size.toNanos();
      return sign
          + (nanos < 1_000
              ? nanos + "ns"
              : nanos < 1_000_000
                  ? decimal(nanos, 1_000) + "µs"
                  : decimal(nanos, 1_000_000) + "ms");
    }
    long hours = size.toHours();
    int minutes = size.toMinutesPart();
    String seconds =
        decimal(size.toSecondsPart() * 1_000_000_000L + size.toNanosPart(), 1_000_000_000) + "s";
    return sign
        + (hours > 0 ? hours + "h" : "")
        + (hours > 0 || minutes > 0 ? minutes + "m" : "")
        + seconds;
  }

  private static String decimal(long value, long unit) {
    long rest = value % unit;
    if (rest == 0) {
      return String.valueOf(value / unit);
    }
    String digits = String.valueOf(unit + rest).substring(1).replaceAll("0+$", "");
    return value / unit + "." + digits;
  }
}
