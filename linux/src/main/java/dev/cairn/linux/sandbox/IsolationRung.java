package dev.cairn.linux.sandbox;

/** How well a step is shut in, weakest first; a build reports its rung. */
public enum IsolationRung {
  /** Started by an ordinary user, in that user's namespace. */
  ROOTLESS,
  /** Namespaces, seccomp, few capabilities and masked paths, but the host's root identity. */
  PLAIN,
  /** As {@link #PLAIN}, in a user namespace of the build's own. */
  USER_NAMESPACE,
  /** A kernel in user space answers the step's calls. */
  GVISOR,
  /** A kernel of its own in a virtual machine. */
  MICRO_VM
}
