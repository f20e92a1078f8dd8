package dev.cairn.dockerfile.value;

import java.math.BigDecimal;
import java.util.Locale;

/** Sizes as docker writes them: {@code 64m}, {@code 1.5 GiB}, {@code 4096}; units are binary. */
public final class ByteSize {
  private static final int LONGEST = 40;

  private ByteSize() {}

  /**
   * Bytes of a size.
   *
   * @throws IllegalArgumentException if the text is no size or does not fit a long
   */
  public static long parse(String text) {
    int end = text.length() > LONGEST ? 0 : text.length();
    while (end > 0 && !isNumberPart(text.charAt(end - 1))) {
      end--;
    }
    String number = text.substring(0, end);
    String unit = text.substring(end).trim().toLowerCase(Locale.ROOT);
    if (!number.matches("\\d+(\\.\\d+)?")) {
      throw new IllegalArgumentException("invalid size: '" + text + "'");
    }
    int power =
        switch (unit) {
          case "", "b" -> 0;
          case "k", "kb", "kib" -> 1;
          case "m", "mb", "mib" -> 2;
          case "g", "gb", "gib" -> 3;
          case "t", "tb", "tib" -> 4;
          case "p", "pb", "pib" -> 5;
          default -> throw new IllegalArgumentException("invalid size: '" + text + "'");
        };
    var bytes = new BigDecimal(number).multiply(BigDecimal.valueOf(1L << (10 * power)));
    if (bytes.toBigInteger().bitLength() > 63) {
      throw new IllegalArgumentException("invalid size: '" + text + "'");
    }
    return bytes.longValue();
  }

  private static boolean isNumberPart(char ch) {
    return (ch >= '0' && ch <= '9') || ch == '.';
  }
}
