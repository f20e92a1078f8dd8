package dev.cairn.engine.copy;

import dev.cairn.content.Attributes;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.engine.users.Owner;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Unpacks archives into the destination. The destination is the root for every path and link of a
 * member, so that none leaves it.
 */
final class Extractor {
  private final DestinationView view;
  private final DirectoryMaker directories;
  private final Optional<Owner> owner;

  /** Counts downwards, because the copier counts upwards. */
  private int files;

  Extractor(DestinationView view, DirectoryMaker directories, Optional<Owner> owner) {
    this.view = view;
    this.directories = directories;
    this.owner = owner;
  }

  void extract(FileTree archive, String destination) {
    String root = directories.resolve(TreePath.clean(destination));
    directories.make(root, DirectoryMaker.DEFAULT_MODE);
    Map<Integer, Integer> links = new HashMap<>();
    String parent = "";
    String resolved = root;
    for (Node member : archive.walk("")) {
      if (member.path().isEmpty()) {
        continue;
      }
      if (!member.parent().equals(parent)) {
        parent = member.parent();
        resolved = directories.resolve(root, parent);
      }
      if (member.attributes().equals(Attributes.IMPLIED_DIRECTORY) && member.isDirectory()) {
        // Nobody described it, so what is there stays, also a link to a directory.
        directories.make(
            directories.resolve(root, member.path()), DirectoryMaker.DEFAULT_MODE, Owner.ROOT);
      } else {
        put(archive, Selection.kept(member), TreePath.join(resolved, member.name()), links);
      }
    }
  }

  private void put(FileTree archive, Node member, String target, Map<Integer, Integer> links) {
    directories.make(TreePath.parent(target), DirectoryMaker.DEFAULT_MODE, Owner.ROOT);
    Attributes attributes = member.attributes();
    if (owner.isPresent()) {
      attributes = attributes.withOwner(owner.get().uid(), owner.get().gid());
    }
    Node copy = member.at(target).with(attributes);
    if (member.body() instanceof Node.Body.File file) {
      int number =
          file.linkGroup() == 0 ? 0 : links.computeIfAbsent(file.linkGroup(), g -> --files);
      var alone = new Node.Body.File(file.size(), file.digest(), file.place(), 0);
      view.put(copy.with(alone), Optional.of(new Origin(archive, member)), number);
    } else {
      view.put(copy, Optional.empty(), 0);
    }
  }
}
