package dev.cairn.linux.cgroup;

import dev.cairn.linux.FileStat;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.sys.FileCalls;
import dev.cairn.linux.sys.OpenFlag;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Files without a name that processes still hold open or mapped: they take space that no walk of a
 * tree finds. Files of memory are left out, because they count as memory.
 */
final class DeletedFiles {
  private static final long TMPFS = 0x01021994L;
  private static final long HUGETLBFS = 0x958458f6L;

  /** So many links are looked at; a step that holds more is told by its processes' limit. */
  private static final int MOST_LINKS = 200_000;

  private record Inode(long device, long number) {}

  private final Set<Inode> seen = new HashSet<>();
  private long bytes;
  private int links;

  /** The bytes that such files of these processes take. */
  static long bytes(Collection<Long> processes) {
    var files = new DeletedFiles();
    for (long process : processes) {
      files.look(Path.of("/proc", Long.toString(process), "fd"));
      files.look(Path.of("/proc", Long.toString(process), "map_files"));
    }
    return files.bytes;
  }

  private void look(Path directory) {
    try (var all = Files.newDirectoryStream(directory)) {
      for (Path link : all) {
        if (++links > MOST_LINKS) {
          return;
        }
        one(link);
      }
    } catch (IOException | DirectoryIteratorException e) {
      // The process has ended, and what it held has gone with it.
      return;
    }
  }

  private void one(Path link) throws IOException {
    try {
      if (!Files.readSymbolicLink(link).toString().endsWith(" (deleted)")) {
        return;
      }
    } catch (IOException e) {
      // Closed since it was listed.
      return;
    }
    try (var file = FileCalls.open(link.toString(), 0, OpenFlag.PATH)) {
      FileStat stat = FileCalls.stat(file);
      long type = FileCalls.space(file).type();
      if (stat.isRegular()
          && stat.links() == 0
          && type != TMPFS
          && type != HUGETLBFS
          && seen.add(new Inode(stat.device(), stat.inode()))) {
        bytes += stat.blocks() * 512;
      }
    } catch (LinuxException e) {
      // Closed or unmapped since it was listed.
      return;
    }
  }
}
