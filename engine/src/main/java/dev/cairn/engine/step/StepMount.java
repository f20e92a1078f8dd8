package dev.cairn.engine.step;

import dev.cairn.content.FileTree;
import dev.cairn.dockerfile.Mount;
import java.util.Optional;

/**
 * A mount of a RUN, with what it shows.
 *
 * @param mount as written, expanded
 * @param origin of a bind mount: whose files
 */
public record StepMount(Mount mount, Optional<Origin> origin) {

  /** Whose files are read. */
  public sealed interface Origin {

    /** A context: files that are in a pack and not on the disk. */
    record Context(String name, FileTree files) implements Origin {}

    /** A stage or an image. */
    record Built(String name, Node builtBy) implements Origin {}

    /** Nothing. */
    record Nothing() implements Origin {}

    /** The node that has to be built first, if any. */
    default Optional<Node> node() {
      return this instanceof Built built ? Optional.of(built.builtBy()) : Optional.empty();
    }
  }

  /** The node that has to be built first, if any. */
  public Optional<Node> node() {
    return origin.flatMap(Origin::node);
  }
}
