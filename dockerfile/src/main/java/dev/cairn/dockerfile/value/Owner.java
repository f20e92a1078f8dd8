package dev.cairn.dockerfile.value;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The value of {@code --chown} or USER, not looked up yet: {@code user}, {@code user:group} or
 * {@code :group}; each part a name or a number.
 *
 * @param user empty for {@code :group}
 * @param group empty if not given
 */
public record Owner(Optional<String> user, Optional<String> group) {
  /**
   * Splits at the first colon.
   *
   * @throws IllegalArgumentException for control characters or a second colon
   */
  public static Owner parse(String text) {
    int colon = text.indexOf(':');
    String user = colon < 0 ? text : text.substring(0, colon);
    String group = colon < 0 ? "" : text.substring(colon + 1);
    if (group.indexOf(':') >= 0 || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("invalid user or group in \"" + text + "\"");
    }
    return new Owner(
        Optional.of(user).filter(u -> !u.isEmpty()), Optional.of(group).filter(g -> !g.isEmpty()));
  }

  /** The number if the part is one from 0 to 2^31-1, otherwise it is a name. */
  public static OptionalInt number(String part) {
    if (part.isEmpty() || part.length() > 10 || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalInt.empty();
    }
    long value = Long.parseLong(part);
    return value <= Integer.MAX_VALUE ? OptionalInt.of((int) value) : OptionalInt.empty();
  }
}
