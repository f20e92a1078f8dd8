package dev.cairn.engine.copy;

import dev.cairn.content.Attributes;
import dev.cairn.content.Node;
import dev.cairn.content.RawText;
import dev.cairn.content.Xattrs;
import dev.cairn.engine.users.Owner;
import java.time.Instant;
import java.util.Optional;

/** Makes the directories on the way to a destination, as {@code mkdir -p} inside the root does. */
final class DirectoryMaker {
  static final int DEFAULT_MODE = 0755;

  private final DestinationView view;
  private final LinkResolver links;
  private final Optional<Owner> owner;
  private final Instant created;

  DirectoryMaker(DestinationView view, Optional<Owner> owner, Instant created) {
    this.view = view;
    this.links = new LinkResolver(view::lookup);
    this.owner = owner;
    this.created = created;
  }

  /** Where a path in the destination leads, all links followed inside the root. */
  String resolve(String path) {
    return links.resolve("", path);
  }

  /** Where a path leads if {@code root} is the root. */
  String resolve(String root, String path) {
    return links.resolve(root, path);
  }

  /** Makes what is missing of a resolved path, owned as {@code --chown} says. */
  void make(String path, int mode) {
    make(path, mode, owner.orElse(Owner.ROOT));
  }

  /** Makes what is missing of a resolved path. */
  void make(String path, int mode, Owner of) {
    Optional<Node> there = view.lookup(path);
    if (there.isPresent()) {
      if (!there.get().isDirectory()) {
        throw new CopyProblem(
            "not-a-directory",
            "mkdir " + RawText.quote("/" + path) + ": not a directory",
            "A file is where a directory is needed; copy to another place.");
      }
      return;
    }
    make(TreePath.parent(path), mode, of);
    var attributes =
        new Attributes(
            mode, of.uid(), of.gid(), created.getEpochSecond(), created.getNano(), Xattrs.NONE);
    view.put(Node.directory(path, attributes), Optional.empty(), 0);
  }
}
