package dev.cairn.engine.copy;

import dev.cairn.content.Attributes;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** The tree of {@code scratch}: a root and nothing in it. */
public final class EmptyTree implements FileTree {
  /** The one of them; closing it does nothing. */
  public static final EmptyTree INSTANCE = new EmptyTree();

  private static final Node ROOT = Node.directory("", Attributes.of(0755));

  private EmptyTree() {}

  @Override
  public Optional<Node> lookup(String path) {
    return path.isEmpty() ? Optional.of(ROOT) : Optional.empty();
  }

  @Override
  public List<Node> children(String path) {
    return List.of();
  }

  @Override
  public Iterable<Node> walk(String path) {
    return path.isEmpty() ? List.of(ROOT) : List.of();
  }

  @Override
  public InputStream open(Node file) throws IOException {
    throw new FileNotFoundException("the empty tree has no files: " + file.path());
  }

  @Override
  public void close() {}
}
