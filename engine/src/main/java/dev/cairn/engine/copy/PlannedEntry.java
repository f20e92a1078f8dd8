package dev.cairn.engine.copy;

import dev.cairn.content.Node;
import java.util.Optional;

/**
 * One entry of the layer to write.
 *
 * @param node path, attributes and body in the new layer; a further name of a file is a hard link
 *     to an earlier entry
 * @param origin where the content is, exactly for regular files
 */
public record PlannedEntry(Node node, Optional<Origin> origin) {

  /** Checks that files, and only files, have content. */
  public PlannedEntry {
    if (node.body() instanceof Node.Body.File != origin.isPresent()) {
      throw new IllegalArgumentException("only a regular file has content: " + node.path());
    }
  }
}
