package dev.cairn.content.layer;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import dev.cairn.content.EntryPath;
import dev.cairn.content.FileType;
import dev.cairn.content.Node;
import dev.cairn.content.NodeTable;
import dev.cairn.content.TreeBuilder;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.oci.Digest;
import java.util.ArrayList;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Collects the entries of one layer in their order. */
final class LayerIndexBuilder {

  private final TreeBuilder tree;
  private final TreeSet<String> whiteouts = new TreeSet<>();
  private final TreeSet<String> opaques = new TreeSet<>();
  private final SortedMap<String, byte[]> kept = new TreeMap<>();

  LayerIndexBuilder(ArchiveLimits limits) {
    this.tree = new TreeBuilder(limits);
  }

  /** Whether the entry's bytes must be handed to {@link #keep}. */
  static boolean isKept(TarEntry entry, String path) {
    return entry.type() == FileType.FILE
        && LayerIndex.KEPT.contains(path)
        && entry.size() <= LayerIndex.KEPT_LIMIT;
  }

  void keep(String path, byte[] content) {
    kept.put(path, content);
  }

  /** Adds an entry whose path and link target are normalised; content lies at the offset. */
  void add(TarEntry entry, Digest digest, long offset) throws ContentException {
    switch (Whiteout.of(entry)) {
      case Whiteout.None() -> tree.add(entry.node(digest, new Node.Place(0, offset)));
      case Whiteout.Opaque(var directory) -> {
        opaques.add(directory);
        tree.imply(directory);
      }
      case Whiteout.Hides(var hidden) -> {
        whiteouts.add(hidden);
        tree.imply(EntryPath.parent(hidden));
      }
      case Whiteout.Ignored() -> {
        // aufs keeps its own books in such files.
      }
    }
  }

  LayerIndex build() {
    var nodes = new ArrayList<Node>();
    for (Node node : tree.paths().all()) {
      if (!tree.implied().contains(node.path())) {
        nodes.add(node);
      }
    }
    kept.keySet()
        .removeIf(path -> !(tree.paths().get(path) instanceof Node(_, _, Node.Body.File _)));
    // A mark goes with its directory when a later entry replaces that.
    opaques.removeIf(path -> !isDirectory(path));
    whiteouts.removeIf(path -> !isDirectory(EntryPath.parent(path)));
    return new LayerIndex(NodeTable.of(nodes), tree.implied(), whiteouts, opaques, kept);
  }

  private boolean isDirectory(String path) {
    Node node = tree.paths().get(path);
    return path.isEmpty() || (node != null && node.isDirectory());
  }
}
