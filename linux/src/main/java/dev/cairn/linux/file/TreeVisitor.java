package dev.cairn.linux.file;

import java.io.IOException;

/** Sees the entries of a tree, parents first, the names of each directory in byte order. */
@FunctionalInterface
public interface TreeVisitor {
  /** What to do after an entry. */
  enum Next {
    /** Go on, into the directory if it is one. */
    ENTER,
    /** Go on, but not into this directory. */
    SKIP
  }

  /** One entry; it may be asked for more until this method returns. */
  Next visit(TreeEntry entry) throws IOException;
}
