package dev.cairn.source;

import dev.cairn.build.Sources;
import dev.cairn.content.Attributes;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.content.NodeTable;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * The files of an opened source.
 *
 * @param files from the root of the source; closed with this
 * @param identity of the files
 */
record OpenFiles(FileTree files, Digest identity) implements Sources.OpenSource {

  /** A source without files. */
  static OpenFiles nothing() {
    var table = NodeTable.of(List.of(Node.directory("", Attributes.of(0755))));
    return new OpenFiles(
        new OverlaidTree(table, Map.of(), FileTreeOwner.NONE), Digest.sha256(new byte[0]));
  }

  @Override
  public void close() {
    try {
      files.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a source cannot be closed", e);
    }
  }
}
