package dev.cairn.linux.sandbox;

/** What a runtime program is, by its own words. */
public enum RuntimeKind {
  /** The reference implementation. */
  RUNC,
  /** The one in C, which starts faster. */
  CRUN,
  /** gVisor's. */
  RUNSC,
  /** Kata Containers'. */
  KATA,
  /** Another one, taken to work as runc does. */
  OTHER;

  /** By the first line of {@code --version}. */
  static RuntimeKind of(String version) {
    if (version.startsWith("runc version ")) {
      return RUNC;
    }
    if (version.startsWith("crun version ")) {
      return CRUN;
    }
    if (version.startsWith("runsc version ")) {
      return RUNSC;
    }
    return version.startsWith("kata-runtime") ? KATA : OTHER;
  }
}
