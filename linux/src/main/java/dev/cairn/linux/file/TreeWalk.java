package dev.cairn.linux.file;

import dev.cairn.linux.Errno;
import dev.cairn.linux.FileStat;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.PathBytes;
import dev.cairn.linux.sys.Fd;
import dev.cairn.linux.sys.FileCalls;
import dev.cairn.linux.sys.OpenFlag;
import dev.cairn.linux.sys.Resolve;
import java.io.IOException;

/** Walks a tree by descriptors, so that nobody can swap a directory under it. */
record TreeWalk(TreeVisitor visitor) {
  /** One descriptor is open per level; a tree deeper than this is not an image's. */
  static final int MOST_LEVELS = 1024;

  void walk(Fd directory, String prefix, int level) throws IOException {
    if (level > MOST_LEVELS) {
      throw new LinuxException(
          "walk", prefix, Errno.ELOOP, "more than " + MOST_LEVELS + " directories deep");
    }
    var names = FileCalls.list(directory);
    names.sort(PathBytes.BYTE_ORDER);
    for (var name : names) {
      var path = prefix + name;
      FileStat stat = FileCalls.stat(directory, name);
      var next = visitor.visit(new TreeEntry(directory, path, name, stat));
      if (stat.isDirectory() && next == TreeVisitor.Next.ENTER) {
        try (var child =
            FileCalls.openAt(directory, name, Resolve.BENEATH, 0, OpenFlag.DIRECTORY)) {
          walk(child, path + "/", level + 1);
        }
      }
    }
  }
}
