package dev.cairn.dockerfile.value;

import java.util.List;
import java.util.Locale;

/** Linux signals by number or name, as STOPSIGNAL takes them. */
public final class StopSignal {
  private static final List<String> NAMES =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");
  private static final int RT_MIN = 34;
  private static final int RT_MAX = 64;

  private StopSignal() {}

  /**
   * The number of a signal; names with or without {@code SIG}, any case, {@code RTMIN+n} and {@code
   * RTMAX-n} too.
   *
   * @throws IllegalArgumentException if there is no such signal
   */
  public static int parse(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    if (name.startsWith("SIG")) {
      name = name.substring(3);
    }
    int number =
        switch (name) {
          case "IOT" -> 6;
          case "CLD" -> 17;
          case "POLL" -> 29;
          case "UNUSED" -> 31;
          case "RTMIN" -> RT_MIN;
          case "RTMAX" -> RT_MAX;
          default -> NAMES.indexOf(name) + 1;
        };
    if (number == 0 && name.startsWith("RTMIN+")) {
      number = offset(name, 15) < 0 ? 0 : RT_MIN + offset(name, 15);
    } else if (number == 0 && name.startsWith("RTMAX-")) {
      number = offset(name, 14) < 0 ? 0 : RT_MAX - offset(name, 14);
    } else if (number == 0 && text.matches("\\d{1,3}")) {
      number = Integer.parseInt(text);
    }
    if (number < 1 || number > RT_MAX) {
      throw new IllegalArgumentException("invalid signal: " + text);
    }
    return number;
  }

  private static int offset(String name, int greatest) {
    String digits = name.substring("RTMIN+".length());
    if (!digits.matches("[1-9]\\d?")) {
      return -1;
    }
    int value = Integer.parseInt(digits);
    return value <= greatest ? value : -1;
  }
}
