package dev.cairn.content;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * A tree of files that is read by path without being unpacked: a context pack or the merged view of
 * a chain of layers. Paths are like {@link Node#path}. Reading is safe from many threads.
 */
public interface FileTree extends AutoCloseable {

  /** The node of exactly this path; no symbolic link is followed. The root, "", always exists. */
  Optional<Node> lookup(String path);

  /** What is directly inside this directory, in order of name; empty if it is none. */
  List<Node> children(String path);

  /**
   * This node and all that is below it, each directory before its content, in order of path with
   * {@code /} before every other character; empty if there is none.
   */
  Iterable<Node> walk(String path);

  /** The content of a regular file of this tree. The caller closes it. */
  InputStream open(Node file) throws IOException;

  /** Writes the content of a regular file of this tree to the stream. */
  default void transfer(Node file, OutputStream to) throws IOException {
    try (var in = open(file)) {
      in.transferTo(to);
    }
  }

  /**
   * Follows symbolic links inside the tree, as if it were the root of a file system: an absolute
   * target starts at the root and {@code ..} stops there.
   *
   * @param path a path in any form, relative to the root
   * @param followLast whether a link as the last component is followed too
   * @return where the path leads, with the node if there is one
   * @throws ContentException if more than 255 links are on the way
   */
  default Resolved resolve(String path, boolean followLast) throws ContentException {
    return new LinkWalk(this).resolve(path, followLast);
  }

  @Override
  void close() throws IOException;

  /**
   * Where a path leads.
   *
   * @param path without links and dots, also if nothing is there
   * @param node what is there
   */
  record Resolved(String path, Optional<Node> node) {}
}
