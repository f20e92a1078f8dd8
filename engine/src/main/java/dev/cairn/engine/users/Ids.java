package dev.cairn.engine.users;

import java.util.OptionalLong;

/** Numbers of users and groups. */
final class Ids {
  /** The highest; the one above means "no change" to the kernel. */
  private static final long HIGHEST = 0xFFFF_FFFEL;

  private static final int LONGEST = 10;

  private Ids() {}

  static boolean inRange(long id) {
    return id >= 0 && id <= HIGHEST;
  }

  /** The number that the whole text is, if it is one and in range. */
  static OptionalLong parse(String text) {
    if (text.isEmpty() || text.length() > LONGEST || !text.chars().allMatch(Ids::isDigit)) {
      return OptionalLong.empty();
    }
    long id = Long.parseLong(text);
    return inRange(id) ? OptionalLong.of(id) : OptionalLong.empty();
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
