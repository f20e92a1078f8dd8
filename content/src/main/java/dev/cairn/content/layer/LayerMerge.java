package dev.cairn.content.layer;

import dev.cairn.content.ArchiveException;
import dev.cairn.content.Attributes;
import dev.cairn.content.ContentException;
import dev.cairn.content.Node;
import dev.cairn.content.NodeTable;
import dev.cairn.content.PathMap;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts one layer over a tree as overlay does. First all that the layer hides is taken from the tree
 * below, whatever the order of entries was; then its own nodes come in.
 */
final class LayerMerge {

  private final NodeTable lower;
  private final LayerIndex upper;
  private final int source;
  private final int firstGroup;
  private final PathMap merged = new PathMap();
  private final Map<Node.Place, Integer> newGroups = new HashMap<>();
  private int linkGroups;

  LayerMerge(NodeTable lower, LayerIndex upper, int source, int linkGroups)
      throws ContentException {
    this.lower = lower;
    this.upper = upper;
    this.source = source;
    this.firstGroup = linkGroups;
    this.linkGroups = linkGroups;
    lower.forEach(merged::put);
    hide();
    implyDirectories();
    addNodes();
    linkToLower();
  }

  NodeTable merged() {
    return NodeTable.of(merged.all());
  }

  /** The highest number of a link group so far. */
  int linkGroups() {
    return linkGroups;
  }

  private void hide() {
    upper.whiteouts().forEach(merged::removeTree);
    for (String directory : upper.opaques()) {
      merged.removeBelow(directory);
    }
  }

  /** They take the attributes from below; what is no directory there is replaced. */
  private void implyDirectories() {
    for (String path : upper.implied()) {
      Node below = merged.get(path);
      if (below == null || !below.isDirectory()) {
        merged.put(Node.directory(path, Attributes.IMPLIED_DIRECTORY));
      }
    }
  }

  private void addNodes() {
    for (Node node : upper.nodes()) {
      Node below = merged.get(node.path());
      if (below != null && below.isDirectory() && !node.isDirectory()) {
        merged.removeTree(node.path());
      }
      merged.put(placed(node));
    }
  }

  /** Hard links to files of lower layers see the tree before anything was hidden. */
  private void linkToLower() throws ContentException {
    for (Node node : upper.nodes()) {
      if (node.body() instanceof Node.Body.HardLink(var target)) {
        Node found =
            lower
                .lookup(target)
                .orElseThrow(
                    () -> new ArchiveException(node.path(), "a hard link to nothing: /" + target));
        merged.put(linked(node, found));
      }
    }
  }

  private Node linked(Node node, Node found) throws ContentException {
    if (found.isDirectory()) {
      throw new ArchiveException(node.path(), "a hard link to a directory: /" + found.path());
    }
    if (!(found.body() instanceof Node.Body.File(var size, var digest, var place, var group))) {
      return found.at(node.path());
    }
    // All names of the file that are still there become one group.
    int number = group > 0 ? group : newGroups.computeIfAbsent(place, _ -> ++linkGroups);
    var shared = new Node.Body.File(size, digest, place, number);
    Node still = merged.get(found.path());
    if (still != null && still.body().equals(found.body())) {
      merged.put(still.with(shared));
    }
    return found.with(shared).at(node.path());
  }

  private Node placed(Node node) {
    if (!(node.body() instanceof Node.Body.File(var size, var digest, var place, var group))) {
      return node;
    }
    int number = group == 0 ? 0 : firstGroup + group;
    linkGroups = Math.max(linkGroups, number);
    return node.with(
        new Node.Body.File(size, digest, new Node.Place(source, place.offset()), number));
  }
}
