package dev.cairn.dockerfile.value;

import java.util.Locale;
import java.util.Set;

/** The names of processor architectures and their aliases. */
final class Architectures {
  private static final Set<String> KNOWN =
      Set.of(
          "386",
          "amd64",
          "arm",
          "arm64",
          "loong64",
          "mips",
          "mips64",
          "mips64le",
          "mipsle",
          "ppc64",
          "ppc64le",
          "riscv64",
          "s390x",
          "wasm",
          "i386",
          "x86_64",
          "x86-64",
          "aarch64",
          "armhf",
          "armel");

  private Architectures() {}

  static boolean isKnown(String name) {
    return KNOWN.contains(name);
  }

  static PlatformName normalise(String os, String version, String architecture, String variant) {
    String kind = variant.toLowerCase(Locale.ROOT);
    return switch (architecture) {
      case "i386" -> new PlatformName(os, version, "386", "");
      case "x86_64", "x86-64", "amd64" ->
          new PlatformName(os, version, "amd64", kind.equals("v1") ? "" : kind);
      case "aarch64", "arm64" ->
          new PlatformName(os, version, "arm64", kind.equals("8") || kind.equals("v8") ? "" : kind);
      case "armhf" -> new PlatformName(os, version, "arm", "v7");
      case "armel" -> new PlatformName(os, version, "arm", "v6");
      case "arm" -> new PlatformName(os, version, "arm", arm(kind));
      default -> new PlatformName(os, version, architecture, kind);
    };
  }

  private static String arm(String kind) {
    return switch (kind) {
      case "", "7" -> "v7";
      case "5", "6", "8" -> "v" + kind;
      default -> kind;
    };
  }
}
