package dev.cairn.linux.sandbox;

import dev.cairn.linux.namespace.StepNamespaces;

/** The network a step sees. */
public sealed interface NetworkMode {
  /** The host's own network, all of it: an operator's choice, never a tenant's. */
  NetworkMode HOST_SHARED = new HostShared();

  /** A network namespace with nothing but its loopback. */
  NetworkMode NONE = new Nothing();

  /** See {@link #HOST_SHARED}. */
  record HostShared() implements NetworkMode {}

  /** See {@link #NONE}. */
  record Nothing() implements NetworkMode {}

  /**
   * A network that was prepared for this step.
   *
   * @param namespaces joined by the step, and closed by whoever gave them
   */
  record Prepared(StepNamespaces namespaces) implements NetworkMode {}
}
