package dev.cairn.linux.file;

import dev.cairn.linux.Errno;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.sys.Fd;
import dev.cairn.linux.sys.FileCalls;
import dev.cairn.linux.sys.OpenFlag;
import dev.cairn.linux.sys.Resolve;
import java.io.IOException;

/**
 * Empties a directory that a stranger filled, of any depth: what lies too deep for the descriptors
 * we are willing to hold is moved up to the top and removed from there.
 */
final class TreeRemoval {
  private static final int MOST_LEVELS = 128;
  private final Fd top;
  private long moved;

  TreeRemoval(Fd top) {
    this.top = top;
  }

  void empty() throws IOException {
    long before;
    do {
      before = moved;
      empty(top, 0);
    } while (moved != before);
  }

  private void empty(Fd directory, int level) throws IOException {
    for (var name : FileCalls.list(directory)) {
      remove(directory, name, level);
    }
  }

  private void remove(Fd directory, String name, int level) throws IOException {
    try {
      FileCalls.unlink(directory, name);
    } catch (LinuxException e) {
      switch (e.errno()) {
        case ENOENT -> {}
        case EISDIR -> removeDirectory(directory, name, level);
        default -> throw e;
      }
    }
  }

  private void removeDirectory(Fd directory, String name, int level) throws IOException {
    try {
      FileCalls.removeDirectory(directory, name);
      return;
    } catch (LinuxException e) {
      if (e.errno() != Errno.ENOTEMPTY) {
        throw e;
      }
    }
    if (level >= MOST_LEVELS) {
      moveUp(directory, name);
      return;
    }
    try (var child = FileCalls.openAt(directory, name, Resolve.BENEATH, 0, OpenFlag.DIRECTORY)) {
      empty(child, level + 1);
    }
    FileCalls.removeDirectory(directory, name);
  }

  private void moveUp(Fd directory, String name) throws IOException {
    while (true) {
      try {
        FileCalls.rename(directory, name, top, ".deep-" + moved++, false);
        return;
      } catch (LinuxException e) {
        if (e.errno() != Errno.EEXIST) {
          throw e;
        }
      }
    }
  }
}
