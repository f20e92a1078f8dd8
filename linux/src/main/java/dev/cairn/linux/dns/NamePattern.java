package dev.cairn.linux.dns;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A name, or all names below one.
 *
 * @param suffix in lower case, without a dot at its end
 * @param below whether it stands for the names below {@code suffix}, not for itself
 */
public record NamePattern(String suffix, boolean below) {
  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
              + "(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");

  /** Checks. */
  public NamePattern {
    if (!NAME.matcher(suffix).matches()) {
      throw new IllegalArgumentException(
          "not a name like deb.debian.org or *.debian.org: " + suffix);
    }
  }

  /** Reads {@code deb.debian.org} or {@code *.debian.org}. */
  public static NamePattern parse(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    return name.startsWith("*.")
        ? new NamePattern(name.substring(2), true)
        : new NamePattern(name, false);
  }

  /** Whether it stands for a name in lower case. */
  public boolean matches(String name) {
    return below ? name.endsWith("." + suffix) : name.equals(suffix);
  }

  @Override
  public String toString() {
    return below ? "*." + suffix : suffix;
  }
}
