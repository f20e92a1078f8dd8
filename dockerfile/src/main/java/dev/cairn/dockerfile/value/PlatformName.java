package dev.cairn.dockerfile.value;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A platform as arguments and {@code FROM --platform} name it.
 *
 * @param os such as {@code linux}
 * @param osVersion mostly empty
 * @param architecture such as {@code arm64}
 * @param variant such as {@code v7}, or empty
 */
public record PlatformName(String os, String osVersion, String architecture, String variant) {
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final Pattern OS =
      Pattern.compile("([A-Za-z0-9_.-]{1,64})(?:\\(([^()]{0,64})\\))?");
  private static final Set<String> SYSTEMS =
      Set.of("linux", "windows", "darwin", "freebsd", "netbsd", "openbsd", "wasip1", "js");

  /** {@code linux/amd64}. */
  public static final PlatformName LINUX_AMD64 = new PlatformName("linux", "", "amd64", "");

  /**
   * Reads {@code os[(version)]/architecture[/variant]} or an architecture alone, which means Linux;
   * {@code local} is not resolved here. Aliases such as {@code x86_64} and the default variants of
   * arm64 and amd64 are normalised.
   *
   * @throws IllegalArgumentException if malformed or empty
   */
  public static PlatformName parse(String text) {
    String[] parts = text.split("/", -1);
    var os = OS.matcher(parts[0]);
    boolean sound = parts.length <= 3 && os.matches();
    for (int i = 1; sound && i < parts.length; i++) {
      sound = PART.matcher(parts[i]).matches();
    }
    if (!sound) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is an invalid OS component or platform; use os/architecture[/variant]");
    }
    String first = os.group(1).toLowerCase(Locale.ROOT);
    String version = Optional.ofNullable(os.group(2)).orElse("");
    if (parts.length == 1) {
      if (SYSTEMS.contains(first)) {
        return new PlatformName(first, version, "amd64", "");
      }
      if (!Architectures.isKnown(first)) {
        throw new IllegalArgumentException(
            "\"" + text + "\": unknown operating system or architecture");
      }
      return Architectures.normalise("linux", "", first, "");
    }
    return Architectures.normalise(
        first, version, parts[1].toLowerCase(Locale.ROOT), parts.length > 2 ? parts[2] : "");
  }

  /** {@code os/architecture[/variant]}. */
  @Override
  public String toString() {
    String head = osVersion.isEmpty() ? os : os + "(" + osVersion + ")";
    return head + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
  }
}
