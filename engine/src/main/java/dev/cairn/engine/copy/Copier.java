package dev.cairn.engine.copy;

import dev.cairn.content.Attributes;
import dev.cairn.content.Node;
import dev.cairn.content.RawText;
import dev.cairn.dockerfile.value.FileModeChange;
import dev.cairn.engine.users.Owner;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Copies matches onto the destination, one after another. */
final class Copier {
  private static final int PERMISSIONS = 0777;

  private final DestinationView view;
  private final DirectoryMaker directories;
  private final Optional<Owner> owner;
  private final Optional<FileModeChange> mode;
  private int files;

  Copier(
      DestinationView view,
      DirectoryMaker directories,
      Optional<Owner> owner,
      Optional<FileModeChange> mode) {
    this.view = view;
    this.directories = directories;
    this.owner = owner;
    this.mode = mode;
  }

  void copy(Match match, String destination) {
    String base = prepare(match, destination);
    Map<Integer, Integer> links = new HashMap<>();
    for (Match.Item item : match.items()) {
      String target = TreePath.join(base, item.relative());
      Node node = item.node();
      if (item.implied()) {
        copyImplied(node, target);
      } else if (node.isDirectory()) {
        copyDirectory(node, target, item.relative().isEmpty());
      } else {
        copyFile(match, node, target, links);
      }
    }
  }

  /** Makes the directories on the way and finds out what the match itself will be called. */
  private String prepare(Match match, String destination) {
    String clean = TreePath.clean(destination);
    directories.make(
        directories.resolve(TreePath.saysDirectory(destination) ? clean : TreePath.parent(clean)),
        parentMode());
    String base = directories.resolve(clean);
    Optional<Node> there = view.lookup(base);
    boolean copiesDirectory = match.top().isDirectory();
    boolean goesInside =
        copiesDirectory
            ? !match.contentsOnly() && there.isPresent()
            : there.filter(Node::isDirectory).isPresent();
    if (goesInside) {
      base = TreePath.join(base, match.name());
    }
    boolean isTheDirectory = copiesDirectory && match.contentsOnly() && there.isEmpty();
    directories.make(isTheDirectory ? base : TreePath.parent(base), parentMode());
    return base;
  }

  /** An octal mode is also that of the parents it makes, special bits aside. */
  private int parentMode() {
    return mode.filter(FileModeChange.Octal.class::isInstance)
        .map(change -> change.apply(0, true) & PERMISSIONS)
        .orElse(DirectoryMaker.DEFAULT_MODE);
  }

  private void copyDirectory(Node node, String target, boolean isTop) {
    Optional<Node> there = directoryAt(target);
    if (isTop && there.isPresent()) {
      view.touch(there.get(), node.attributes());
    } else if (!target.isEmpty()) {
      view.put(node.at(target).with(changed(node)), Optional.empty(), 0);
    }
  }

  /**
   * A directory that is only on the way: made like its source, but one that is there keeps owner.
   */
  private void copyImplied(Node node, String target) {
    Optional<Node> there = directoryAt(target);
    Attributes attributes =
        there
            .map(old -> old.attributes().withMode(node.attributes().mode()))
            .orElseGet(() -> changed(node));
    view.put(node.at(target).with(attributes), Optional.empty(), 0);
  }

  private Optional<Node> directoryAt(String target) {
    Optional<Node> there = view.lookup(target);
    if (there.isPresent() && !there.get().isDirectory()) {
      throw new CopyProblem(
          "dir-over-file",
          "cannot copy to non-directory: " + RawText.quote("/" + target),
          "A directory cannot replace a file; copy to another place or remove the file first.");
    }
    return there;
  }

  private void copyFile(Match match, Node node, String target, Map<Integer, Integer> links) {
    Optional<Node> there = view.lookup(target);
    if (there.filter(Node::isDirectory).isPresent()) {
      throw new CopyProblem(
          "file-over-dir",
          "cannot replace to directory " + RawText.quote("/" + target) + " with file",
          "A file cannot replace a directory; copy to another place or remove it first.");
    }
    Node copy = node.at(target).with(changed(node));
    if (node.body() instanceof Node.Body.File file) {
      int number =
          file.linkGroup() == 0 ? 0 : links.computeIfAbsent(file.linkGroup(), g -> ++files);
      var alone = new Node.Body.File(file.size(), file.digest(), file.place(), 0);
      view.put(copy.with(alone), Optional.of(new Origin(match.tree(), node)), number);
    } else {
      view.put(copy, Optional.empty(), 0);
    }
  }

  private Attributes changed(Node node) {
    Attributes attributes = node.attributes();
    if (owner.isPresent()) {
      attributes = attributes.withOwner(owner.get().uid(), owner.get().gid());
    }
    if (mode.isPresent() && !(node.body() instanceof Node.Body.Symlink)) {
      attributes = attributes.withMode(mode.get().apply(attributes.mode(), node.isDirectory()));
    }
    return attributes;
  }
}
