package dev.cairn.oci;

import java.util.Locale;
import java.util.Optional;

/**
 * What an image runs on: {@code linux/arm64}, {@code linux/arm/v7}, {@code
 * windows(10.0.17763)/amd64}. Always in normal form (OCI image specification, "Platform Variants";
 * the spellings of {@code uname} and Debian are understood): the variant that an architecture has
 * anyway (amd64 v1, arm64 v8) is dropped, and arm without a variant is v7.
 */
public record Platform(
    String os, String architecture, Optional<String> variant, Optional<String> osVersion) {

  private static final int LIMIT = 64;

  /** Linux on x86-64. */
  public static final Platform LINUX_AMD64 = of("linux", "amd64");

  /** Linux on 64-bit ARM. */
  public static final Platform LINUX_ARM64 = of("linux", "arm64");

  /** What attestation manifests carry in an index. */
  public static final Platform UNKNOWN = of("unknown", "unknown");

  /** Checks the characters and brings everything into normal form. */
  public Platform {
    os = normalOs(checked("os", os));
    String named = checked("architecture", architecture);
    Optional<String> given = variant.filter(v -> !v.isEmpty()).map(v -> checked("variant", v));
    architecture = normalArchitecture(named);
    variant = normalVariant(named, architecture, given);
    osVersion = osVersion.filter(v -> !v.isEmpty()).map(v -> checked("OS version", v));
  }

  /** A platform without variant. */
  public static Platform of(String os, String architecture) {
    return new Platform(os, architecture, Optional.empty(), Optional.empty());
  }

  /**
   * Reads {@code os[(version)]/architecture[/variant]}; anything else is an {@link
   * InvalidOciException}.
   */
  public static Platform parse(String text) {
    String[] parts = text.length() > 4 * LIMIT ? new String[0] : text.split("/", -1);
    if (parts.length < 2 || parts.length > 3) {
      throw new InvalidOciException(
          "platform must look like os/architecture[/variant], for example linux/amd64, not "
              + InvalidOciException.quote(text));
    }
    String os = parts[0];
    Optional<String> version = Optional.empty();
    int open = os.indexOf('(');
    if (open > 0 && os.endsWith(")")) {
      version = Optional.of(checked("OS version", os.substring(open + 1, os.length() - 1)));
      os = os.substring(0, open);
    }
    Optional<String> variant =
        parts.length == 3 ? Optional.of(checked("variant", parts[2])) : Optional.empty();
    return new Platform(os, parts[1], variant, version);
  }

  /** The platform of the machine this program runs on. */
  public static Platform current() {
    String os = System.getProperty("os.name", "linux").toLowerCase(Locale.ROOT);
    String name = os.startsWith("mac") ? "darwin" : os.startsWith("windows") ? "windows" : os;
    return of(name, System.getProperty("os.arch", "amd64"));
  }

  /** The same platform without the version of the operating system. */
  public Platform withoutOsVersion() {
    return new Platform(os, architecture, variant, Optional.empty());
  }

  @Override
  public String toString() {
    return os
        + osVersion.map(v -> "(" + v + ")").orElse("")
        + "/"
        + architecture
        + variant.map(v -> "/" + v).orElse("");
  }

  private static String normalOs(String os) {
    return os.equals("macos") ? "darwin" : os;
  }

  private static String normalArchitecture(String name) {
    return switch (name) {
      case "x86_64", "x86-64" -> "amd64";
      case "i386", "i486", "i586", "i686", "x86" -> "386";
      case "aarch64" -> "arm64";
      case "armhf", "armel", "armv5l", "armv6l", "armv7l" -> "arm";
      default -> name;
    };
  }

  private static Optional<String> normalVariant(
      String named, String architecture, Optional<String> variant) {
    return switch (architecture) {
      case "amd64" -> variant.map(Platform::withV).filter(v -> !v.equals("v1"));
      case "arm64" ->
          variant
              .map(Platform::withV)
              .map(v -> v.endsWith(".0") ? v.substring(0, v.length() - 2) : v)
              .filter(v -> !v.equals("v8"));
      case "arm" -> Optional.of(variant.map(Platform::withV).orElseGet(() -> armVariant(named)));
      case "386" -> Optional.empty();
      default -> variant;
    };
  }

  private static String armVariant(String named) {
    return switch (named) {
      case "armel", "armv6l" -> "v6";
      case "armv5l" -> "v5";
      default -> "v7";
    };
  }

  private static String withV(String variant) {
    return Character.isDigit(variant.charAt(0)) ? "v" + variant : variant;
  }

  private static String checked(String what, String text) {
    boolean good = !text.isEmpty() && text.length() <= LIMIT;
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = Ascii.isLetterOrDigit(c) || c == '_' || (i > 0 && (c == '.' || c == '-'));
    }
    if (!good) {
      throw new InvalidOciException(
          "platform's "
              + what
              + " must be letters, digits, '_', '.' and '-', not "
              + InvalidOciException.quote(text));
    }
    // Versions keep their case; names are lower case everywhere.
    return what.equals("OS version") ? text : text.toLowerCase(Locale.ROOT);
  }
}
