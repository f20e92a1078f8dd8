package dev.cairn.linux.sandbox;

import dev.cairn.linux.FileKind;
import dev.cairn.linux.FileStat;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.Links;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A device that a step may use.
 *
 * @param path where the step finds it, as on this machine
 * @param node one of ours with the same numbers
 */
record DeviceNode(Path path, Path node, FileKind kind, int major, int minor) {
  static DeviceNode of(Path path, Path node) throws IOException {
    FileStat stat;
    try (var root = Directory.open(Path.of("/"))) {
      stat = root.find(path.toString(), Links.IN_ROOT).orElseThrow(() -> missing(path));
    }
    return switch (stat.kind()) {
      case CHARACTER_DEVICE, BLOCK_DEVICE ->
          new DeviceNode(path, node, stat.kind(), stat.deviceMajor(), stat.deviceMinor());
      case REGULAR, DIRECTORY, SYMLINK, FIFO, SOCKET -> throw missing(path);
    };
  }

  private static IOException missing(Path path) {
    return new IOException("this machine has no device " + path);
  }

  /** As the rules of control groups spell the kind. */
  String letter() {
    return kind == FileKind.BLOCK_DEVICE ? "b" : "c";
  }
}
