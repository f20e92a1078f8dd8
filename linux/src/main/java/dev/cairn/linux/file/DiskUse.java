package dev.cairn.linux.file;

import dev.cairn.linux.Errno;
import dev.cairn.linux.FileStat;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.sys.Fd;
import dev.cairn.linux.sys.FileCalls;
import dev.cairn.linux.sys.KernelThreads;
import dev.cairn.linux.sys.OpenFlag;
import dev.cairn.linux.sys.Resolve;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a tree takes of its file system.
 *
 * @param bytes allocated ones; a file with several names counts once
 * @param entries names in its directories
 * @param tooDeep whether it is deeper than {@link TreeWalk#MOST_LEVELS}; then the numbers are only
 *     a part, and no layer can be made of it
 */
public record DiskUse(long bytes, long entries, boolean tooDeep) {
  /** Nothing. */
  public static final DiskUse NONE = new DiskUse(0, 0, false);

  /** Both together. */
  public DiskUse plus(DiskUse other) {
    return new DiskUse(bytes + other.bytes, entries + other.entries, tooDeep || other.tooDeep);
  }

  /**
   * Measures a tree, also while it changes: what comes or goes meanwhile counts or does not. Other
   * file systems mounted in it are not entered. A directory that has gone takes nothing.
   */
  public static DiskUse of(Path directory) throws IOException {
    return KernelThreads.deep(() -> walked(directory));
  }

  private static DiskUse walked(Path directory) throws IOException {
    var count = new Count();
    try (var top = FileCalls.open(directory.toString(), 0, OpenFlag.DIRECTORY)) {
      FileStat stat = FileCalls.stat(top);
      count.bytes += stat.blocks() * 512;
      count.device = stat.device();
      count.walk(top, 0);
    } catch (LinuxException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    return new DiskUse(count.bytes, count.entries, count.tooDeep);
  }

  /** One walk, by descriptors, holding one of them and a small buffer per level. */
  private static final class Count {
    private static final int BUFFER = 8 * 1024;
    private long bytes;
    private long entries;
    private long device;
    private boolean tooDeep;

    void walk(Fd directory, int level) throws IOException {
      if (level > TreeWalk.MOST_LEVELS) {
        tooDeep = true;
        return;
      }
      FileCalls.<IOException>each(directory, BUFFER, name -> entry(directory, name, level));
    }

    private void entry(Fd directory, String name, int level) throws IOException {
      try {
        FileStat stat = FileCalls.stat(directory, name);
        entries++;
        if (!stat.isDirectory()) {
          // Each of a file's names bears its part, so no list of inodes is kept.
          bytes += stat.blocks() * 512 / Math.max(1, stat.links());
        } else if (stat.device() == device) {
          bytes += stat.blocks() * 512;
          try (var child =
              FileCalls.openAt(directory, name, Resolve.BENEATH, 0, OpenFlag.DIRECTORY)) {
            walk(child, level + 1);
          }
        }
      } catch (LinuxException e) {
        switch (e.errno()) {
          // It went away or became something else while we looked.
          case ENOENT, ENOTDIR, ELOOP, EXDEV, ESTALE -> {}
          default -> throw e;
        }
      }
    }
  }
}
