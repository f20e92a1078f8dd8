package dev.cairn.dockerfile;

/** What FROM, {@code --from=} or a mount's {@code from=} means. */
public sealed interface Upstream {
  /** A stage of this file. */
  record OfStage(int index) implements Upstream {}

  /** A context the request named. */
  record OfContext(String name) implements Upstream {}

  /** An image, as written. */
  record OfImage(String reference) implements Upstream {}

  /** The empty tree. */
  record Scratch() implements Upstream {}
}
