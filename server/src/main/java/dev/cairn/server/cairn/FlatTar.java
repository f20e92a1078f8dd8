package dev.cairn.server.cairn;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.FileType;
import dev.cairn.content.Node;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.layer.Layer;
import dev.cairn.content.layer.LayerReader;
import dev.cairn.content.layer.LayerSink;
import dev.cairn.content.layer.LayerWriter;
import dev.cairn.content.layer.MergedView;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the merged file tree of a chain of layers as one tar. Each layer is read twice from front
 * to back, first for its index, then for the contents that survived the merge, so nothing is
 * unpacked and no layer is searched.
 */
final class FlatTar {
  private final BlobStore store;

  FlatTar(BlobStore store) {
    this.store = store;
  }

  void write(List<Digest> blobs, OutputStream out) throws IOException {
    var reader = new LayerReader(store, ArchiveLimits.DEFAULT);
    List<Layer> layers = new ArrayList<>();
    List<Set<String>> repeated = new ArrayList<>();
    for (Digest blob : blobs) {
      Set<String> seen = new HashSet<>();
      Set<String> again = new HashSet<>();
      LayerSink names =
          (entry, content) -> {
            if (!seen.add(entry.path())) {
              again.add(entry.path());
            }
          };
      layers.add(reader.read(blob, Optional.empty(), names));
      repeated.add(again);
    }
    try (var view = MergedView.of(layers, store)) {
      var tar = new TarWriter(TarSink.of(out), true);
      var survivors = survivors(view, tar);
      for (int i = 0; i < layers.size(); i++) {
        var pass = new Contents(tar, layers.get(i), i, survivors, repeated.get(i));
        if (pass.any()) {
          reader.read(blobs.get(i), Optional.of(layers.get(i).diffId()), pass);
        }
      }
      // What is left stood twice in its layer; those few are looked up one by one.
      for (var names : survivors.values()) {
        try (InputStream content = view.open(names.getFirst())) {
          writeFile(tar, names, content);
        }
      }
      tar.finish();
    }
  }

  /** Writes directories first, so that no file comes before its own; gathers files by place. */
  private static Map<Node.Place, List<Node>> survivors(MergedView view, TarWriter tar)
      throws IOException {
    Map<Node.Place, List<Node>> files = new HashMap<>();
    for (Node node : view.walk("")) {
      if (node.body() instanceof Node.Body.File file) {
        files.computeIfAbsent(file.place(), place -> new ArrayList<>()).add(node);
      } else if (!node.path().isEmpty()) {
        tar.add(LayerWriter.entryOf(node));
      }
    }
    return files;
  }

  private static void writeFile(TarWriter tar, List<Node> names, InputStream content)
      throws IOException {
    Node first = names.getFirst();
    tar.add(LayerWriter.entryOf(first), content);
    for (Node other : names.subList(1, names.size())) {
      tar.add(TarEntry.hardLink(other.path(), other.attributes(), first.path()));
    }
  }

  /** The second pass over a layer. */
  private record Contents(
      TarWriter tar,
      Layer layer,
      int number,
      Map<Node.Place, List<Node>> survivors,
      Set<String> repeated)
      implements LayerSink {

    boolean any() {
      return survivors.keySet().stream().anyMatch(place -> place.source() == number);
    }

    @Override
    public void entry(TarEntry entry, InputStream content) throws IOException {
      if (entry.type() != FileType.FILE || repeated.contains(entry.path())) {
        return;
      }
      var node = layer.index().nodes().lookup(entry.path());
      if (node.isPresent() && node.get().body() instanceof Node.Body.File file) {
        List<Node> names = survivors.remove(new Node.Place(number, file.place().offset()));
        if (names != null) {
          writeFile(tar, names, content);
        }
      }
    }
  }
}
