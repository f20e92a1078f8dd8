package dev.cairn.linux.sandbox;

import dev.cairn.linux.mount.Owners;
import dev.cairn.linux.namespace.IdMap;
import dev.cairn.linux.namespace.Standing;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** How well a step is shut in, weakest first; a build reports its rung. */
public enum IsolationRung {
  /** Namespaces, seccomp, few capabilities and masked paths, but the host's root identity. */
  PLAIN,
  /**
   * Started by an ordinary user who has one identity only: who breaks out is that user, every file
   * of a step belongs to its root, and change of owner seems to work without doing anything.
   */
  ROOTLESS_SINGLE_ID,
  /** As {@link #PLAIN}, in a user namespace whose identities are nobody's on this machine. */
  USER_NAMESPACE,
  /**
   * Started by an ordinary user, each step in a user namespace below that user's: who breaks out is
   * that user, and not this machine's root even where a namespace itself gives way.
   */
  ROOTLESS,
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

  /** Those of the user namespace that each step gets from us on this rung. */
  Optional<IdMap> identities() {
    return switch (this) {
      case USER_NAMESPACE -> Optional.of(IdMap.WIDE_RANGE);
      case ROOTLESS, ROOTLESS_SINGLE_ID -> Optional.of(Standing.own().stepIdentities());
      case PLAIN, GVISOR, MICRO_VM -> Optional.empty();
    };
  }

  /** Whose the files below {@code ground} are when steps see them. */
  Owners owners(Path ground) {
    return switch (this) {
      case USER_NAMESPACE -> Owners.Mapped.of(IdMap.WIDE_RANGE, ground);
      case ROOTLESS, ROOTLESS_SINGLE_ID -> new Owners.Same(Standing.own().stepIdentities());
      case PLAIN, GVISOR, MICRO_VM -> new Owners.Host();
    };
  }

  /** Whether this shuts in at least as well. */
  public boolean isAtLeast(IsolationRung other) {
    return compareTo(other) >= 0;
  }
}
