package dev.cairn.dockerfile;

import java.util.Locale;
import java.util.Set;

/** Which {@code # syntax=} values mean the language of this room. */
public final class Frontend {
  private static final Set<String> OURS =
      Set.of("docker/dockerfile", "docker/dockerfile-upstream", "dockerfile.v0");

  private Frontend() {}

  /**
   * True for {@code docker/dockerfile} and {@code docker/dockerfile-upstream} with any tag or
   * digest, with or without {@code docker.io/}, and for {@code dockerfile.v0}; words after the
   * reference are ignored.
   */
  public static boolean isOurs(String syntax) {
    String reference = syntax.strip().toLowerCase(Locale.ROOT);
    int end = 0;
    while (end < reference.length() && " \t:@".indexOf(reference.charAt(end)) < 0) {
      end++;
    }
    String name = reference.substring(0, end);
    for (String host : new String[] {"docker.io/", "index.docker.io/"}) {
      if (name.startsWith(host)) {
        name = name.substring(host.length());
      }
    }
    return OURS.contains(name);
  }

  static String refusal(String syntax) {
    return "the syntax \""
        + syntax
        + "\" needs a frontend image, which this builder does not run; use docker/dockerfile:1 or"
        + " remove the line";
  }
}
