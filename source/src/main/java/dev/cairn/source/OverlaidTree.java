package dev.cairn.source;

import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.content.NodeTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A tree with files of a request laid over it. The added bytes are wiped when it is closed. */
final class OverlaidTree implements FileTree {
  private final NodeTable nodes;
  private final Map<String, byte[]> added;
  private final FileTreeOwner below;

  OverlaidTree(NodeTable nodes, Map<String, byte[]> added, FileTreeOwner below) {
    this.nodes = nodes;
    this.added = Map.copyOf(added);
    this.below = below;
  }

  @Override
  public Optional<Node> lookup(String path) {
    return nodes.lookup(path);
  }

  @Override
  public List<Node> children(String path) {
    return nodes.children(path);
  }

  @Override
  public Iterable<Node> walk(String path) {
    return nodes.walk(path);
  }

  @Override
  public InputStream open(Node file) throws IOException {
    byte[] bytes = added.get(file.path());
    return bytes == null ? below.open(file) : new ByteArrayInputStream(bytes);
  }

  @Override
  public void close() throws IOException {
    added.values().forEach(bytes -> Arrays.fill(bytes, (byte) 0));
    below.close();
  }
}
