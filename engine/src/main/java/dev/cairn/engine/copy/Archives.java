package dev.cairn.engine.copy;

import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import java.io.IOException;
import java.util.Optional;

/** Recognises archives by their content and reads them as trees. */
public interface Archives {

  /** Takes nothing for an archive. */
  Archives NONE = (tree, file) -> Optional.empty();

  /**
   * The files of the archive, if it is one. The tree stays open until the step is done; its nodes
   * are what the archive says, and a directory that it only implies has {@link
   * dev.cairn.content.Attributes#IMPLIED_DIRECTORY}.
   *
   * @throws IOException if it begins like an archive and is then damaged or past a limit
   */
  Optional<FileTree> read(FileTree tree, Node file) throws IOException;
}
