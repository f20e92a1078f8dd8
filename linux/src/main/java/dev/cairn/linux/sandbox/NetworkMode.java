package dev.cairn.linux.sandbox;

/**
 * The network a step sees. A filtered network of the step's own, joined by its namespace's path,
 * goes here too once there is one.
 */
public enum NetworkMode {
  /** The host's own network, all of it: an operator's choice, never a tenant's. */
  HOST_SHARED,
  /** A network namespace with nothing but its loopback. */
  NONE
}
