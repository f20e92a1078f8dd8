package dev.cairn.content;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Makes a tree of entries that come in any order: of two equal names the last counts, a path below
 * something that is no directory replaces it with one, parents that nobody described are made, and
 * hard links become what they point to.
 */
public final class TreeBuilder {

  private final ArchiveLimits limits;
  private final PathMap paths = new PathMap();
  private final TreeSet<String> implied = new TreeSet<>();
  private int linkGroups;

  /** An empty tree within these limits. */
  public TreeBuilder(ArchiveLimits limits) {
    this.limits = limits;
  }

  /** All nodes so far, implied directories too. */
  public PathMap paths() {
    return paths;
  }

  /** Directories that exist only because something is below them. */
  public SortedSet<String> implied() {
    return Collections.unmodifiableSortedSet(implied);
  }

  /**
   * Adds a node whose path and hard link's target are normalised. A hard link to a path that is not
   * here stays a hard link.
   *
   * @return false if it is such a link
   * @throws ArchiveException if the root is no directory, or a hard link leads to a directory
   */
  public boolean add(Node entry) throws ContentException {
    if (entry.path().isEmpty() && !entry.isDirectory()) {
      throw new ArchiveException(entry.path(), "the root must be a directory");
    }
    Node node = entry;
    if (entry.body() instanceof Node.Body.HardLink(var target)) {
      node = linked(entry, target);
      if (target.equals(entry.path())) {
        return true;
      }
    }
    if (!node.path().isEmpty()) {
      imply(EntryPath.parent(node.path()));
    }
    implied.remove(node.path());
    if (!node.isDirectory()) {
      removeTree(node.path());
    }
    paths.put(node);
    return !(node.body() instanceof Node.Body.HardLink);
  }

  /** Makes sure that the path is a directory; what else is there is replaced. */
  public void imply(String path) throws LimitExceededException {
    Node node = paths.get(path);
    if (path.isEmpty() || (node != null && node.isDirectory())) {
      return;
    }
    // From the top down, because what is replaced above takes along all that is below it.
    imply(EntryPath.parent(path));
    removeTree(path);
    paths.put(Node.directory(path, Attributes.IMPLIED_DIRECTORY));
    if (implied.add(path) && implied.size() > limits.entries()) {
      throw new LimitExceededException("implied directories", limits.entries(), path);
    }
  }

  private void removeTree(String path) {
    for (Node gone : paths.removeTree(path)) {
      implied.remove(gone.path());
    }
  }

  /** The target under the link's path; files that share their bytes share a group. */
  private Node linked(Node entry, String path) throws ArchiveException {
    Node target = paths.get(path);
    if (target == null) {
      if (path.equals(entry.path())) {
        throw new ArchiveException(entry.path(), "a hard link to itself");
      }
      return entry;
    }
    if (target.isDirectory()) {
      throw new ArchiveException(entry.path(), "a hard link to a directory");
    }
    if (target.body() instanceof Node.Body.File(var size, var digest, var place, var group)
        && group == 0) {
      target = target.with(new Node.Body.File(size, digest, place, ++linkGroups));
      paths.put(target);
    }
    return target.at(entry.path());
  }
}
