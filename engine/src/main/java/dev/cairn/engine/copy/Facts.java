package dev.cairn.engine.copy;

import dev.cairn.content.Attributes;
import dev.cairn.content.Node;
import dev.cairn.content.NodeTable;
import dev.cairn.oci.Digest;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a plan read from its destination. Of a directory its attributes count, because the layer
 * carries them; of a link its text, because it was followed; of anything else only that it is
 * there, because it is replaced.
 */
final class Facts {
  private final TreeMap<String, Optional<Node>> read = new TreeMap<>(NodeTable.ORDER);
  private final TreeMap<String, Attributes> carried = new TreeMap<>(NodeTable.ORDER);
  private Optional<Digest> accounts = Optional.empty();

  Optional<Node> note(String path, Optional<Node> found) {
    read.put(path, found);
    return found;
  }

  /** Names were looked up in these passwd and group files. */
  void noteAccounts(Digest identity) {
    accounts = Optional.of(identity);
  }

  /** The layer carries the directory of the destination with the time that it has there. */
  void noteTime(Node directory) {
    carried.put(directory.path(), directory.attributes());
  }

  /** The same facts and the times that the layer takes over. */
  Digest digestWithTimes() {
    var hasher = new KeyHasher().text("copy-facts-times-1").text(digest().hex());
    carried.forEach((path, attributes) ->
        hasher.text(path).number(attributes.mtimeSeconds()).number(attributes.mtimeNanos()));
    return hasher.finish();
  }

  Digest digest() {
    var hasher = new KeyHasher().text("copy-facts-1");
    hasher.text(accounts.map(Digest::toString).orElse(""));
    read.forEach((path, found) -> {
      hasher.text(path);
      if (found.isEmpty()) {
        hasher.text("absent");
        return;
      }
      switch (found.get().body()) {
        case Node.Body.Directory directory -> hasher.node(found.get());
        case Node.Body.Symlink link -> hasher.text("link").text(link.target());
        case Node.Body.File file -> hasher.text("other");
        case Node.Body.HardLink link -> hasher.text("other");
        case Node.Body.Special special -> hasher.text("other");
      }
    });
    return hasher.finish();
  }
}
