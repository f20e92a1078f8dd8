package dev.cairn.engine.tree;

import dev.cairn.content.Attributes;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.linux.file.Directory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the files of a pack or a view onto the disk, for a command that reads them through a mount.
 * Devices stay out: on the disk they would be real ones.
 */
public final class FileTreeWriter {
  private final FileTree from;
  private final int prefix;
  private final Map<Integer, String> linkGroups = new HashMap<>();

  private FileTreeWriter(FileTree from, int prefix) {
    this.from = from;
    this.prefix = prefix;
  }

  /** Writes what lies below {@code path} into the directory, which takes that path's attributes. */
  public static void write(FileTree from, String path, Path directory) throws IOException {
    var writer = new FileTreeWriter(from, path.isEmpty() ? 0 : path.length() + 1);
    try (var to = Directory.open(directory)) {
      writer.writeAll(path, to);
    }
  }

  /** Writes one file under another name. */
  public static void writeOne(FileTree from, Node file, Path directory, String name)
      throws IOException {
    try (var to = Directory.open(directory)) {
      new FileTreeWriter(from, 0).write(file, name, to);
    }
  }

  private void writeAll(String path, Directory to) throws IOException {
    List<Node> directories = new ArrayList<>();
    for (Node node : from.walk(path)) {
      if (Thread.currentThread().isInterrupted()) {
        throw new java.io.InterruptedIOException("cancelled while files were unpacked");
      }
      String name = node.path().length() < prefix ? "" : node.path().substring(prefix);
      if (name.isEmpty()) {
        directories.add(node.at(""));
      } else if (write(node, name, to) && node.isDirectory()) {
        directories.add(node.at(name));
      }
    }
    // Times of directories last: every file in them changes them.
    for (Node directory : directories.reversed()) {
      dress(to, directory.path(), directory.attributes(), true);
    }
  }

  private boolean write(Node node, String name, Directory to) throws IOException {
    switch (node.body()) {
      case Node.Body.Directory directory -> {
        to.makeDirectory(name, 0700);
        return true;
      }
      case Node.Body.File file -> {
        String first =
            file.linkGroup() == 0 ? null : linkGroups.putIfAbsent(file.linkGroup(), name);
        if (first != null) {
          to.link(name, first);
          return true;
        }
        try (OutputStream out = to.create(name, 0600)) {
          from.transfer(node, out);
        }
      }
      case Node.Body.Symlink link -> to.symlink(name, link.target());
      case Node.Body.HardLink link ->
          throw new IOException("a finished tree has no open hard link: " + name);
      case Node.Body.Special special -> {
        return false;
      }
    }
    dress(to, name, node.attributes(), !(node.body() instanceof Node.Body.Symlink));
    return true;
  }

  private static void dress(Directory to, String name, Attributes attributes, boolean hasMode)
      throws IOException {
    to.setOwner(name, (int) attributes.uid(), (int) attributes.gid());
    if (hasMode) {
      to.setMode(name, attributes.mode());
    }
    for (String attribute : attributes.xattrs().names()) {
      to.setAttribute(name, attribute, attributes.xattrs().value(attribute).orElseThrow());
    }
    to.setModified(name, attributes.mtimeSeconds(), attributes.mtimeNanos());
  }
}
