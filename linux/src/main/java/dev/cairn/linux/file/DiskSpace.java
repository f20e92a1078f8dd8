package dev.cairn.linux.file;

import dev.cairn.linux.sys.FileCalls;
import dev.cairn.linux.sys.OpenFlag;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a file system has and what of it is free.
 *
 * @param freeBytes what root may still take; space promised to writes in flight is not free
 * @param inodes 0 on a file system that makes them as needed
 * @param freeInodes 0 if {@code inodes} is
 */
public record DiskSpace(long bytes, long freeBytes, long inodes, long freeInodes) {

  /** Asks the file system of this path. */
  public static DiskSpace of(Path path) throws IOException {
    try (var file = FileCalls.open(path.toString(), 0, OpenFlag.PATH)) {
      var space = FileCalls.space(file);
      return new DiskSpace(space.bytes(), space.freeBytes(), space.inodes(), space.freeInodes());
    }
  }
}
