package dev.cairn.dockerfile.check;

import dev.cairn.dockerfile.Location;

/** One finding. */
public record Warning(Rule rule, String message, Location location) {
  /** {@code Rule: message (line N)}. */
  @Override
  public String toString() {
    return rule.title() + ": " + message + " (line " + location.firstLine() + ")";
  }
}
