package dev.cairn.linux.sandbox;

import java.util.Locale;
import java.util.Optional;

/** How well a step is shut in, weakest first; a build reports its rung. */
public enum IsolationRung {
  /** Namespaces, seccomp, few capabilities and masked paths, but the host's root identity. */
  PLAIN,
  /**
   * Started by an ordinary user, in that user's namespace: who breaks out is that user, and several
   * builds share the identities.
   */
  ROOTLESS,
  /** As {@link #PLAIN}, in a user namespace whose identities are nobody's on this machine. */
  USER_NAMESPACE,
  /** A kernel in user space answers the step's calls. */
  GVISOR,
  /** A kernel of its own in a virtual machine. */
  MICRO_VM;

  /** As configurations, answers and build results spell it, such as {@code user-namespace}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The rung of a text. */
  public static Optional<IsolationRung> of(String text) {
    for (IsolationRung rung : values()) {
      if (rung.text().equals(text)) {
        return Optional.of(rung);
      }
    }
    return Optional.empty();
  }

  /** Whether this shuts in at least as well. */
  public boolean isAtLeast(IsolationRung other) {
    return compareTo(other) >= 0;
  }
}
