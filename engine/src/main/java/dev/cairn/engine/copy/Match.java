package dev.cairn.engine.copy;

import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import java.util.List;

/**
 * One path that a source came to, with all that is copied from it.
 *
 * @param tree where it is
 * @param name what a file is called in a destination directory: the last part of the path as it was
 *     named or matched, not of what a link led to
 * @param items what is copied, directories before their content; the first is the path itself
 * @param contentsOnly whether a directory's contents are copied, not the directory
 * @param unpack whether it is unpacked instead, if it is an archive
 */
record Match(FileTree tree, String name, List<Item> items, boolean contentsOnly, boolean unpack) {

  /**
   * One node to copy.
   *
   * @param relative its path below the match; "" for the match itself
   * @param implied whether it is a directory that is only there for what is below it
   */
  record Item(String relative, Node node, boolean implied) {}

  Match {
    items = List.copyOf(items);
  }

  Node top() {
    return items.getFirst().node();
  }
}
