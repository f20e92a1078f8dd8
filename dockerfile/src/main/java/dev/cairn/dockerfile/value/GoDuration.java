package dev.cairn.dockerfile.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;

/** Durations as Go writes them: {@code 300ms}, {@code 1.5h}, {@code 2h45m}; a plain {@code 0}. */
public final class GoDuration {
  private static final int LONGEST = 64;

  private GoDuration() {}

  /**
   * Reads a duration, exact to the nanosecond.
   *
   * @throws IllegalArgumentException if it is none, or longer than 2^63 nanoseconds
   */
  public static Duration parse(String text) {
    String rest = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return Duration.ZERO;
    }
    if (rest.isEmpty() || text.length() > LONGEST) {
      throw invalid(text);
    }
    BigDecimal nanos = BigDecimal.ZERO;
    while (!rest.isEmpty()) {
      int number = 0;
      while (number < rest.length() && isNumberPart(rest.charAt(number))) {
        number++;
      }
      int unit = number;
      while (unit < rest.length() && !isNumberPart(rest.charAt(unit))) {
        unit++;
      }
      String digits = rest.substring(0, number);
      if (!digits.matches("\\d+\\.?\\d*|\\.\\d+")) {
        throw invalid(text);
      }
      if (digits.endsWith(".")) {
        digits += "0";
      }
      nanos = nanos.add(new BigDecimal(digits).multiply(unit(rest.substring(number, unit), text)));
      rest = rest.substring(unit);
    }
    BigInteger whole = nanos.toBigInteger();
    if (whole.bitLength() > 63) {
      throw invalid(text);
    }
    return Duration.ofNanos(text.startsWith("-") ? -whole.longValue() : whole.longValue());
  }

  private static boolean isNumberPart(char ch) {
    return (ch >= '0' && ch <= '9') || ch == '.';
  }

  private static BigDecimal unit(String name, String text) {
    long nanos =
        switch (name) {
          case "ns" -> 1L;
          case "us", "\u00b5s", "\u03bcs" -> 1_000L;
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          case "" ->
              throw new IllegalArgumentException("time: missing unit in duration \"" + text + "\"");
          default ->
              throw new IllegalArgumentException(
                  "time: unknown unit \"" + name + "\" in duration \"" + text + "\"");
        };
    return BigDecimal.valueOf(nanos);
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException("time: invalid duration \"" + text + "\"");
  }
}
