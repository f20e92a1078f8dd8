package dev.cairn.content.layer;

import dev.cairn.content.Attributes;
import dev.cairn.content.ContentException;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.content.NodeTable;
import dev.cairn.content.blob.BlobStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a chain of layers looks like when overlay mounts it, known from the indexes alone.
 * Immutable; {@link #over} makes the view of one layer more, so views of common chains can be
 * shared.
 */
public final class MergedView implements FileTree {

  private final BlobStore store;
  private final List<Layer> layers;
  private final NodeTable nodes;
  private final int linkGroups;

  private MergedView(BlobStore store, List<Layer> layers, NodeTable nodes, int linkGroups) {
    this.store = store;
    this.layers = layers;
    this.nodes = nodes;
    this.linkGroups = linkGroups;
  }

  /** The view of no layer: an empty root. Contents are read from the store. */
  public static MergedView empty(BlobStore store) {
    var root = List.of(Node.directory("", Attributes.IMPLIED_DIRECTORY));
    return new MergedView(store, List.of(), NodeTable.of(root), 0);
  }

  /**
   * The view of a chain.
   *
   * @param chain the lowest layer first
   * @throws ContentException if a hard link leads to nothing
   */
  public static MergedView of(List<Layer> chain, BlobStore store) throws ContentException {
    var view = empty(store);
    for (Layer layer : chain) {
      view = view.over(layer);
    }
    return view;
  }

  /** The view with this layer on top. */
  public MergedView over(Layer upper) throws ContentException {
    var merge = new LayerMerge(nodes, upper.index(), layers.size(), linkGroups);
    var chain = new ArrayList<>(layers);
    chain.add(upper);
    return new MergedView(store, List.copyOf(chain), merge.merged(), merge.linkGroups());
  }

  /** The layers, the lowest first. */
  public List<Layer> layers() {
    return layers;
  }

  /** All nodes, in the order of {@link NodeTable}; the root is the first. */
  public NodeTable nodes() {
    return nodes;
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

  /** Decompresses the file's layer, from its nearest segment if we wrote it. */
  @Override
  public InputStream open(Node node) throws IOException {
    if (!(node.body() instanceof Node.Body.File file)) {
      throw new ContentException("/" + node.path() + " is a " + node.type().label());
    }
    var place = file.place();
    return LayerContent.open(store, layers.get(place.source()), place.offset(), file.size());
  }

  /**
   * The bytes of {@code etc/passwd} or {@code etc/group}, links followed; without a look into blobs
   * where an index kept them. Empty if there is no such file, or one of more than 1 MiB.
   */
  public Optional<byte[]> accounts(String path) throws IOException {
    var found = resolve(path, true).node();
    if (found.isEmpty()
        || !(found.get().body() instanceof Node.Body.File file)
        || file.size() > LayerIndex.KEPT_LIMIT) {
      return Optional.empty();
    }
    var kept = layers.get(file.place().source()).index().kept(found.get().path());
    if (kept.isPresent()) {
      return kept;
    }
    try (var in = open(found.get())) {
      return Optional.of(in.readAllBytes());
    }
  }

  /** Does nothing: a view holds no file open. */
  @Override
  public void close() {}
}
