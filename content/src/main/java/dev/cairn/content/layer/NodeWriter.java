package dev.cairn.content.layer;

import dev.cairn.content.Attributes;
import dev.cairn.content.FileType;
import dev.cairn.content.Node;
import dev.cairn.linux.Errno;
import dev.cairn.linux.FileKind;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.file.Directory;
import java.io.IOException;
import java.io.InputStream;

/** Writes single nodes into a directory of which the parents exist and the name is free. */
final class NodeWriter {

  private static final String CAPABILITY = "security.capability";

  private final Directory root;
  private final UnpackMode mode;

  NodeWriter(Directory root, UnpackMode mode) {
    this.root = root;
    this.mode = mode;
  }

  void write(Node node, InputStream content) throws IOException {
    String path = node.path();
    switch (node.body()) {
      case Node.Body.File _ -> {
        try (var out = root.create(path, 0600)) {
          content.transferTo(out);
        }
      }
      case Node.Body.Symlink(var target) -> root.symlink(path, target);
      case Node.Body.Special(var type, var major, var minor) -> {
        if (type != FileType.FIFO && !mode.makesDevices()) {
          return;
        }
        root.makeNode(path, kind(type), 0600, major, minor);
      }
      case Node.Body.Directory() -> root.makeDirectory(path, 0700);
      case Node.Body.HardLink(var target) ->
          throw new IllegalStateException("a hard link to " + target + " is no node to write");
    }
    describe(node);
  }

  /** Owner first, because the kernel then clears set-user-id and capabilities; time last. */
  void describe(Node node) throws IOException {
    String path = node.path();
    Attributes attributes = node.attributes();
    if (mode.setsOwners()) {
      root.setOwner(path, (int) attributes.uid(), (int) attributes.gid());
    }
    if (node.type() != FileType.SYMLINK) {
      root.setMode(path, attributes.mode());
    }
    for (String name : attributes.xattrs().names()) {
      if (isAllowed(name)) {
        setAttribute(path, name, attributes.xattrs().value(name).orElseThrow());
      }
    }
    root.setModified(path, attributes.mtimeSeconds(), attributes.mtimeNanos());
  }

  /** A layer must not write marks that overlay would obey, nor what only our kernel should know. */
  private boolean isAllowed(String name) {
    if (name.startsWith("trusted.") || name.startsWith("user.overlay.")) {
      return false;
    }
    return switch (mode) {
      case PRIVILEGED -> !name.startsWith("security.") || name.equals(CAPABILITY);
      case RANGE, UNPRIVILEGED -> name.startsWith("user.") || name.equals(CAPABILITY);
    };
  }

  private void setAttribute(String path, String name, byte[] value) throws IOException {
    try {
      root.setAttribute(path, name, value);
    } catch (LinuxException e) {
      // Links have no user attributes, and some file systems have none at all.
      boolean unsupported =
          e.errno() == Errno.EOPNOTSUPP
              || (e.errno() == Errno.EPERM
                  && (name.startsWith("user.") || mode == UnpackMode.UNPRIVILEGED));
      if (!unsupported) {
        throw e;
      }
    }
  }

  private static FileKind kind(FileType type) {
    return switch (type) {
      case CHARACTER_DEVICE -> FileKind.CHARACTER_DEVICE;
      case BLOCK_DEVICE -> FileKind.BLOCK_DEVICE;
      case FIFO -> FileKind.FIFO;
      case FILE, DIRECTORY, SYMLINK, HARDLINK ->
          throw new IllegalArgumentException(type + " is no special file");
    };
  }
}
