package dev.cairn.engine.layer;

import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.linux.PathBytes;
import dev.cairn.oci.Digest;
import java.nio.ByteBuffer;

/**
 * The digest of a file tree: path, type, mode, owner, link text, extended attributes and content of
 * everything in it, and no times.
 */
public final class TreeDigest {
  private final Digest.Hasher hasher = Digest.newHasher();

  private TreeDigest() {}

  /** The digest of what lies at and below {@code path}; names count from there. */
  public static Digest of(FileTree tree, String path) {
    var digest = new TreeDigest();
    int prefix = path.isEmpty() ? 0 : path.length();
    for (Node node : tree.walk(path)) {
      digest.add(node.path().substring(prefix), node);
    }
    return digest.hasher.finish();
  }

  private void add(String path, Node node) {
    text(path);
    text(node.type().name());
    var attributes = node.attributes();
    number(attributes.mode());
    number(attributes.uid());
    number(attributes.gid());
    for (String name : attributes.xattrs().names()) {
      text(name);
      bytes(attributes.xattrs().value(name).orElseThrow());
    }
    number(-1);
    switch (node.body()) {
      case Node.Body.Directory directory -> {}
      case Node.Body.File file -> text(file.digest().toString());
      case Node.Body.Symlink link -> text(link.target());
      case Node.Body.HardLink link -> text(link.target());
      case Node.Body.Special special -> {
        number(special.major());
        number(special.minor());
      }
    }
  }

  private void text(String value) {
    bytes(PathBytes.encode(value));
  }

  private void bytes(byte[] value) {
    number(value.length);
    hasher.update(value);
  }

  private void number(long value) {
    hasher.update(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
  }
}
