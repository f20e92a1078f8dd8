package dev.cairn.app;

import dev.cairn.app.LayerListing.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The files of an image as a container sees them: its layers laid over each other. */
final class ImageTree {
  /** Above this many changes a recorded expectation holds a digest per directory. */
  private static final int MANY = 400;

  private record Node(Entry entry, int identity) {}

  private final NavigableMap<String, Node> files = new TreeMap<>();
  private final Map<Integer, List<String>> names = new HashMap<>();
  private int identities;

  /** Lays the layers over each other, the lowest first. */
  static ImageTree of(List<LayerListing> layers) {
    var tree = new ImageTree();
    layers.forEach(tree::apply);
    tree.files.forEach((path, node) ->
        tree.names.computeIfAbsent(node.identity(), _ -> new ArrayList<>()).add(path));
    return tree;
  }

  /** Marks hide what lies below the layer and never what is in it. */
  private void apply(LayerListing layer) {
    for (Entry entry : layer.entries()) {
      if (entry.name().equals(".wh..wh..opq")) {
        removeBelow(entry.parent());
      } else if (entry.name().startsWith(".wh.")) {
        String parent = entry.parent();
        String gone = (parent.isEmpty() ? "" : parent + "/") + entry.name().substring(4);
        files.remove(gone);
        removeBelow(gone);
      }
    }
    for (Entry entry : layer.entries()) {
      if (entry.name().startsWith(".wh.")) {
        continue;
      }
      if (!entry.isDirectory()) {
        removeBelow(entry.path());
      }
      if (entry.isHardLink()) {
        Node first = files.get(entry.content());
        if (first == null) {
          throw new AssertionError("dangling hard link " + entry);
        }
        files.put(entry.path(), first);
      } else {
        files.put(entry.path(), new Node(entry, identities++));
      }
    }
  }

  private void removeBelow(String path) {
    String prefix = path.isEmpty() ? "" : path + "/";
    files.subMap(prefix, false, prefix + Character.MAX_VALUE, false).clear();
  }

  /** What differs from the tree below: {@code +} new or changed, {@code -} gone. */
  List<String> changesFrom(ImageTree below, Recipe recipe) {
    List<String> changes = new ArrayList<>();
    files.forEach((path, _) -> {
      if (!line(path, recipe).equals(below.line(path, recipe)) && !recipe.isIgnored(path)) {
        changes.add("+ " + path + " " + line(path, recipe));
      }
    });
    Set<String> gone =
        below.files.keySet().stream()
            .filter(path -> !files.containsKey(path))
            .collect(Collectors.toSet());
    below.files.forEach((path, node) -> {
      if (gone.contains(path) && !gone.contains(node.entry().parent()) && !recipe.isIgnored(path)) {
        changes.add("- " + path);
      }
    });
    return changes;
  }

  private String line(String path, Recipe recipe) {
    Node node = files.get(path);
    if (node == null) {
      return "";
    }
    Entry entry = node.entry();
    String content = recipe.isVolatile(path) ? "volatile" : entry.content();
    var same = names.getOrDefault(node.identity(), List.of());
    String more = same.size() > 1 ? "linked " + same.size() + " " + same.getFirst() : "";
    return List.of(entry.attributes(), entry.kind(), content, entry.extended(), more).stream()
        .filter(each -> !each.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** The changes in a form that can be kept in a repository, however many they are. */
  static List<String> shortened(List<String> changes) {
    if (changes.size() <= MANY) {
      return changes;
    }
    var directories = new TreeMap<String, List<String>>();
    for (String change : changes) {
      String path = change.substring(2).split(" ", 2)[0];
      String directory = path.substring(0, Math.max(0, path.lastIndexOf('/')));
      directories.computeIfAbsent(directory, _ -> new ArrayList<>()).add(change);
    }
    List<String> lines = new ArrayList<>();
    directories.forEach((directory, all) -> {
      if (all.size() < 4) {
        lines.addAll(all);
      } else {
        byte[] text = String.join("\n", all).getBytes(StandardCharsets.UTF_8);
        String digest = HexFormat.of().formatHex(LayerListing.sha256().digest(text), 0, 10);
        lines.add("+ " + directory + "/* " + all.size() + " changes " + digest);
      }
    });
    return lines;
  }
}
