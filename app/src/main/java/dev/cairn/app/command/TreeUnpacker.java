package dev.cairn.app.command;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.FileType;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarReader;
import dev.cairn.linux.FileKind;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.Links;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Unpacks an image's files into a directory. Nothing is written outside of it: no link is followed
 * on the way. Files belong to the caller, so set-user-id and set-group-id bits are dropped; devices
 * are left out.
 */
final class TreeUnpacker {
  private final Path target;
  private final PrintStream notes;

  TreeUnpacker(Path target, PrintStream notes) {
    this.target = target;
    this.notes = notes;
  }

  void unpack(InputStream in) throws IOException {
    var tar = new TarReader(in, ArchiveLimits.DEFAULT);
    List<TarEntry> directories = new ArrayList<>();
    int devices = 0;
    try (var root = Directory.open(target)) {
      for (var next = tar.next(); next.isPresent(); next = tar.next()) {
        TarEntry entry = next.get().normalised(ArchiveLimits.DEFAULT);
        if (entry.path().isEmpty()) {
          continue;
        }
        if (entry.type().isDevice()) {
          devices++;
        } else {
          unpack(root, entry, tar.content());
          if (entry.type() == FileType.DIRECTORY) {
            directories.add(entry);
          }
        }
      }
      // Last, because writing into a directory changes its time, and it may forbid writing.
      for (TarEntry directory : directories.reversed()) {
        root.setMode(directory.path(), mode(directory.attributes()));
        setTime(root, directory);
      }
    }
    if (devices > 0) {
      notes.println("cairn: " + devices + " device files were left out");
    }
  }

  private static void unpack(Directory root, TarEntry entry, InputStream content)
      throws IOException {
    String path = entry.path();
    int slash = path.lastIndexOf('/');
    if (slash > 0) {
      root.makeDirectories(path.substring(0, slash), 0755);
    }
    if (entry.type() == FileType.DIRECTORY) {
      var there = root.exists(path) ? root.find(path, Links.REFUSE) : java.util.Optional.empty();
      if (there.isPresent() && root.stat(path).isDirectory()) {
        return;
      }
      root.remove(path);
      root.makeDirectory(path, 0755);
      return;
    }
    root.remove(path);
    switch (entry.type()) {
      case FILE -> {
        try (OutputStream out = root.create(path, mode(entry.attributes()))) {
          content.transferTo(out);
        }
        setTime(root, entry);
      }
      case SYMLINK -> {
        root.symlink(path, entry.link());
        setTime(root, entry);
      }
      case HARDLINK -> root.link(path, entry.link());
      case FIFO -> {
        root.makeNode(path, FileKind.FIFO, mode(entry.attributes()), 0, 0);
        setTime(root, entry);
      }
      case DIRECTORY, CHARACTER_DEVICE, BLOCK_DEVICE -> {}
    }
  }

  private static int mode(Attributes attributes) {
    return attributes.mode() & 01777;
  }

  private static void setTime(Directory root, TarEntry entry) throws IOException {
    root.setModified(
        entry.path(), entry.attributes().mtimeSeconds(), entry.attributes().mtimeNanos());
  }
}
