package dev.cairn.source;

import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * What lies below an overlaid tree.
 *
 * @param tree closed together with what lies on it; empty for none
 */
record FileTreeOwner(Optional<FileTree> tree) {
  static final FileTreeOwner NONE = new FileTreeOwner(Optional.empty());

  InputStream open(Node file) throws IOException {
    return tree.orElseThrow(() -> new FileNotFoundException(file.path())).open(file);
  }

  void close() throws IOException {
    if (tree.isPresent()) {
      tree.get().close();
    }
  }
}
