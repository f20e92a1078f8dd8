package dev.cairn.engine.copy;

import dev.cairn.content.Attributes;
import dev.cairn.content.FileTree;
import dev.cairn.content.FileType;
import dev.cairn.content.Node;
import dev.cairn.content.NodeTable;
import dev.cairn.content.Xattrs;
import dev.cairn.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A small tree for tests; parents are made 0755, everything is of second 100. */
final class MemoryTree implements FileTree {
  private final Map<String, Node> nodes = new TreeMap<>();
  private final Map<String, byte[]> contents = new HashMap<>();
  private NodeTable table = NodeTable.of(List.of());

  MemoryTree() {
    put(Node.directory("", attributes(0755)));
  }

  static Attributes attributes(int mode) {
    return Attributes.of(mode).withMtime(100, 0);
  }

  MemoryTree dir(String path, int mode) {
    return put(Node.directory(path, attributes(mode)));
  }

  MemoryTree dir(String path, int mode, long uid, long gid) {
    return put(Node.directory(path, attributes(mode).withOwner(uid, gid)));
  }

  MemoryTree dir(String path, int mode, Instant time) {
    return put(
        Node.directory(path, attributes(mode).withMtime(time.getEpochSecond(), time.getNano())));
  }

  MemoryTree file(String path, String text) {
    return file(path, text, 0644, 0);
  }

  MemoryTree file(String path, String text, int mode, int linkGroup) {
    return file(path, text, attributes(mode), linkGroup);
  }

  MemoryTree file(String path, String text, Attributes attributes, int linkGroup) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    contents.put(path, bytes);
    var body =
        new Node.Body.File(bytes.length, Digest.sha256(bytes), new Node.Place(0, 0), linkGroup);
    return put(new Node(path, attributes, body));
  }

  MemoryTree link(String path, String target) {
    return put(new Node(path, attributes(0777), new Node.Body.Symlink(target)));
  }

  MemoryTree fifo(String path) {
    return put(new Node(path, attributes(0600), new Node.Body.Special(FileType.FIFO, 0, 0)));
  }

  MemoryTree xattrs(String path, Map<String, byte[]> values) {
    Node node = lookup(path).orElseThrow();
    return put(node.with(node.attributes().withXattrs(Xattrs.of(values))));
  }

  private MemoryTree put(Node node) {
    for (String up = TreePath.parent(node.path()); !up.isEmpty(); up = TreePath.parent(up)) {
      nodes.putIfAbsent(up, Node.directory(up, attributes(0755)));
    }
    nodes.put(node.path(), node);
    table = NodeTable.of(nodes.values());
    return this;
  }

  @Override
  public Optional<Node> lookup(String path) {
    return table.lookup(path);
  }

  @Override
  public List<Node> children(String path) {
    return table.children(path);
  }

  @Override
  public Iterable<Node> walk(String path) {
    return table.walk(path);
  }

  @Override
  public InputStream open(Node file) throws IOException {
    byte[] bytes = contents.get(file.path());
    if (bytes == null) {
      throw new FileNotFoundException(file.path());
    }
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public void close() {}
}
