package dev.cairn.engine.disk;

import java.util.Locale;

/** Bytes in words. */
public final class Amount {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB"};

  private Amount() {}

  /** Such as {@code 512 MiB} or {@code 1.5 GiB}; small or odd numbers in bytes. */
  public static String ofBytes(long bytes) {
    long whole = bytes;
    int unit = -1;
    while (unit < UNITS.length - 1 && whole >= 1024 && whole % 1024 == 0) {
      whole /= 1024;
      unit++;
    }
    if (unit >= 0 && whole < 1024) {
      return whole + " " + UNITS[unit];
    }
    double rough = bytes;
    unit = -1;
    while (unit < UNITS.length - 1 && rough >= 1024) {
      rough /= 1024;
      unit++;
    }
    return unit < 0 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f %s", rough, UNITS[unit]);
  }
}
