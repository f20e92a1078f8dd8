package dev.cairn.content.layer;

import dev.cairn.content.ArchiveException;
import dev.cairn.content.Attributes;
import dev.cairn.content.EntryPath;
import dev.cairn.content.FileTree;
import dev.cairn.content.FileType;
import dev.cairn.content.Node;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.linux.FileKind;
import dev.cairn.linux.FileStat;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.file.Directory;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Unpacks one layer into an empty directory that becomes a lower layer of overlay. While the layer
 * is read, files and links are written; {@link #finish} then puts in what only the whole layer
 * tells: whiteouts as devices 0:0, opaque marks, directories' attributes, links to lower files. All
 * through {@link Directory}, so nothing can be written outside. Used by one thread; not finished
 * means not usable.
 */
public final class LayerUnpacker implements LayerSink {

  /** Of no meaning: content comes as a stream. */
  private static final Digest NO_CONTENT = Digest.sha256(new byte[0]);

  private final Directory root;
  private final UnpackMode mode;
  private final NodeWriter nodes;

  /** Unpacks into this directory, which must be empty and is not closed. */
  public LayerUnpacker(Directory root, UnpackMode mode) {
    this.root = root;
    this.mode = mode;
    this.nodes = new NodeWriter(root, mode);
  }

  @Override
  public void entry(TarEntry entry, InputStream content) throws IOException {
    String path = entry.path();
    if (!(Whiteout.of(entry) instanceof Whiteout.None) || path.isEmpty()) {
      return;
    }
    if (entry.type() == FileType.HARDLINK
        && (entry.link().equals(path) || find(entry.link()).isEmpty())) {
      // A link to itself says nothing; one to a lower layer's file waits for the end.
      return;
    }
    makeDirectory(EntryPath.parent(path));
    if (entry.type() == FileType.DIRECTORY) {
      makeDirectory(path);
      return;
    }
    if (entry.type() == FileType.HARDLINK) {
      // First under another name: the target may lie below what the link replaces.
      link(path, entry.link());
      return;
    }
    root.remove(path);
    nodes.write(entry.node(NO_CONTENT, new Node.Place(0, 0)), content);
  }

  /**
   * Completes the tree.
   *
   * @param index of this layer, as its reader returned it
   * @param lower the merged view of the layers below, for implied directories and linked files
   */
  public void finish(LayerIndex index, FileTree lower) throws IOException {
    for (Node node : index.nodes()) {
      if (node.body() instanceof Node.Body.HardLink(var target)) {
        copyUp(node, target, lower);
      }
    }
    for (String path : index.implied()) {
      makeDirectory(path);
    }
    for (String path : index.whiteouts()) {
      var found = find(path);
      if (found.isEmpty() && hidesSomething(path, index, lower)) {
        root.makeNode(path, FileKind.CHARACTER_DEVICE, 0, 0, 0);
      } else if (found.isPresent() && found.get().isDirectory()) {
        markOpaque(path);
      }
    }
    for (String path : index.opaques()) {
      markOpaque(path);
    }
    describeDirectories(index, lower);
  }

  /** From the bottom up, because each name made in a directory changes the directory's time. */
  private void describeDirectories(LayerIndex index, FileTree lower) throws IOException {
    var directories = new ArrayList<Node>();
    for (Node node : index.nodes()) {
      if (node.isDirectory()) {
        directories.add(node);
      }
    }
    for (String path : index.implied()) {
      Attributes attributes =
          lower
              .lookup(path)
              .filter(below -> below.isDirectory() && !isHidden(path, index))
              .map(Node::attributes)
              .orElse(Attributes.IMPLIED_DIRECTORY);
      directories.add(Node.directory(path, attributes));
    }
    if (index.nodes().lookup("").isEmpty()) {
      directories.add(lower.lookup("").orElseThrow());
    }
    directories.sort((a, b) -> Integer.compare(b.path().length(), a.path().length()));
    for (Node directory : directories) {
      nodes.describe(directory);
    }
  }

  /**
   * A whiteout in a directory that overlay does not merge would be listed: overlay filters only
   * while it merges.
   */
  private static boolean hidesSomething(String path, LayerIndex index, FileTree lower) {
    String parent = EntryPath.parent(path);
    return lower.lookup(path).isPresent()
        && !index.opaques().contains(parent)
        && !isHidden(parent, index);
  }

  /** Whether this layer takes the path or a directory above it away from the layers below. */
  private static boolean isHidden(String path, LayerIndex index) {
    for (String at = path; !at.isEmpty(); at = EntryPath.parent(at)) {
      if (index.whiteouts().contains(at) || index.opaques().contains(EntryPath.parent(at))) {
        return true;
      }
    }
    return false;
  }

  private void copyUp(Node node, String target, FileTree lower) throws IOException {
    Node found =
        lower
            .lookup(target)
            .filter(below -> !below.isDirectory())
            .orElseThrow(
                () -> new ArchiveException(node.path(), "a hard link to no file: /" + target));
    makeDirectory(EntryPath.parent(node.path()));
    root.remove(node.path());
    if (found.body() instanceof Node.Body.File) {
      try (var content = lower.open(found)) {
        nodes.write(found.at(node.path()), content);
      }
    } else {
      nodes.write(found.at(node.path()), InputStream.nullInputStream());
    }
  }

  private void link(String path, String target) throws IOException {
    String beside = ".link";
    while (find(beside).isPresent()) {
      beside += "-";
    }
    root.link(beside, target);
    root.remove(path);
    root.rename(beside, path);
    // rename(2) does nothing if both are names of one file.
    root.remove(beside);
  }

  private void markOpaque(String path) throws IOException {
    makeDirectory(path);
    root.setAttribute(path, mode.opaqueAttribute(), new byte[] {'y'});
  }

  /** A directory at this path, whatever else was there. */
  private void makeDirectory(String path) throws IOException {
    if (path.isEmpty()) {
      return;
    }
    var found = find(path);
    if (found.isPresent() && found.get().isDirectory()) {
      return;
    }
    makeDirectory(EntryPath.parent(path));
    if (found.isPresent()) {
      root.remove(path);
    }
    root.makeDirectory(path, 0755);
  }

  /** What this layer has at exactly this path; below a link it has nothing. */
  private Optional<FileStat> find(String path) throws IOException {
    try {
      return Optional.of(root.stat(path));
    } catch (LinuxException e) {
      return switch (e.errno()) {
        case ENOENT, ENOTDIR, ELOOP -> Optional.empty();
        default -> throw e;
      };
    }
  }
}
