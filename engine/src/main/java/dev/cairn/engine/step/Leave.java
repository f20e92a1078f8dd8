package dev.cairn.engine.step;

import java.util.List;

/**
 * What a command may do beyond the usual, with the operator's leave and at its build's wish.
 *
 * @param hostNetwork it shares the machine's network
 * @param insecure it has all capabilities, no filter of system calls and nothing is hidden from it
 * @param devices the names of devices it may use
 */
public record Leave(boolean hostNetwork, boolean insecure, List<String> devices) {
  /** Nothing. */
  public static final Leave NONE = new Leave(false, false, List.of());

  /** Copies. */
  public Leave {
    devices = List.copyOf(devices);
  }
}
