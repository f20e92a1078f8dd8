package dev.cairn.engine.copy;

import dev.cairn.content.Attributes;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A tree of one file at its top: a heredoc or something that was downloaded. */
public final class InlineTree implements FileTree {

  /** Opens the content anew. */
  @FunctionalInterface
  public interface Content {
    /** A stream from the first byte. */
    InputStream open() throws IOException;
  }

  private final Node root = Node.directory("", Attributes.of(0755));
  private final Node file;
  private final Content content;

  private InlineTree(Node file, Content content) {
    this.file = file;
    this.content = content;
  }

  /** The file of a heredoc: mode 0644, owned by root. */
  static InlineTree of(String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return of(
        name,
        Attributes.of(0644),
        bytes.length,
        Digest.sha256(bytes),
        () -> new ByteArrayInputStream(bytes));
  }

  /** One file of this size and digest. */
  public static InlineTree of(
      String name, Attributes attributes, long size, Digest digest, Content content) {
    var body = new Node.Body.File(size, digest, new Node.Place(0, 0), 0);
    return new InlineTree(new Node(name, attributes, body), content);
  }

  /** The digest of its content. */
  public Digest digest() {
    if (file.body() instanceof Node.Body.File content) {
      return content.digest();
    }
    throw new IllegalStateException("made as a file only");
  }

  /** The file. */
  public Node file() {
    return file;
  }

  @Override
  public Optional<Node> lookup(String path) {
    return path.isEmpty()
        ? Optional.of(root)
        : Optional.of(file).filter(node -> node.path().equals(path));
  }

  @Override
  public List<Node> children(String path) {
    return path.isEmpty() ? List.of(file) : List.of();
  }

  @Override
  public Iterable<Node> walk(String path) {
    return path.isEmpty() ? List.of(root, file) : lookup(path).map(List::of).orElse(List.of());
  }

  @Override
  public InputStream open(Node node) throws IOException {
    return content.open();
  }

  @Override
  public void close() {}
}
