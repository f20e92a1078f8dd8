package dev.cairn.engine.layer;

import dev.cairn.content.Attributes;
import dev.cairn.content.FileTree;
import dev.cairn.content.FileType;
import dev.cairn.content.Node;
import dev.cairn.content.Xattrs;
import dev.cairn.content.layer.LayerWriter;
import dev.cairn.content.tar.Device;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.linux.FileStat;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.mount.DiffEntry;
import dev.cairn.linux.mount.OverlayDiff;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns the upper directory of a finished step into a layer.
 *
 * <p>Overlay does not say what has changed, only what was touched: what is as it was below is left
 * out, directories that only lead to a change come along with their merged attributes, and what was
 * made only as a mount point is nobody's file.
 */
public final class UpperPacker {
  private static final String CAPABILITY = "security.capability";

  /** Whose the files of an upper directory are. */
  public enum Ownership {
    /** As the disk says. */
    ON_DISK,
    /**
     * The disk knows one owner only: what was there before keeps the owner it had in the layers
     * below, and the rest is root's.
     */
    AS_BELOW
  }

  private final FileTree below;
  private final Set<String> mountPoints;
  private final Ownership ownership;
  private final LayerWriter writer;

  /** Directories on the way that have not been written, outermost first. */
  private final ArrayDeque<TarEntry> waiting = new ArrayDeque<>();

  /** Of each group of hard links the first that was written; a group is named by its first. */
  private final Map<String, String> writtenLinks = new HashMap<>();

  /**
   * A packer of one layer.
   *
   * @param below the merged tree that the step started from, without what was mounted into it
   * @param mountPoints paths that were made only to be mounted over, without a leading slash
   * @param ownership whose the files are
   * @param writer takes the entries; the caller finishes it
   */
  public UpperPacker(
      FileTree below, Set<String> mountPoints, Ownership ownership, LayerWriter writer) {
    this.below = below;
    this.mountPoints = Set.copyOf(mountPoints);
    this.ownership = ownership;
    this.writer = writer;
  }

  /** Writes the changes in this upper directory. */
  public void pack(Path upper) throws IOException {
    try (var directory = Directory.open(upper)) {
      new OverlayDiff(directory)
          .forEach(entry -> {
            switch (entry) {
              case DiffEntry.Deleted deleted -> deleted(deleted.path());
              case DiffEntry.Present present -> present(present);
            }
          });
    }
  }

  private void deleted(String path) throws IOException {
    // What only the stub layer had was never there.
    if (below.lookup(path).isPresent()) {
      leadTo(path);
      writer.whiteout(path);
    }
  }

  private void present(DiffEntry.Present present) throws IOException {
    String path = present.path();
    if (present.stat().isDirectory()) {
      directory(present);
      return;
    }
    Optional<Node> before = below.lookup(path);
    if (before.isEmpty() && mountPoints.contains(path) && present.stat().size() == 0) {
      return;
    }
    switch (present.stat().kind()) {
      case REGULAR -> file(present, before);
      case SYMLINK -> {
        String text = present.entry().linkText();
        boolean same =
            before.isPresent()
                && before.get().body() instanceof Node.Body.Symlink link
                && link.target().equals(text);
        if (!same || differs(present, before.get())) {
          put(TarEntry.symlink(path, attributes(present), text));
        }
      }
      case CHARACTER_DEVICE -> special(present, before, FileType.CHARACTER_DEVICE);
      case BLOCK_DEVICE -> special(present, before, FileType.BLOCK_DEVICE);
      case FIFO -> special(present, before, FileType.FIFO);
      // A socket is nothing without the process that made it.
      case SOCKET -> {}
      case DIRECTORY -> throw new IllegalStateException("a directory is no file: " + path);
    }
  }

  private void directory(DiffEntry.Present present) throws IOException {
    String path = present.path();
    TarEntry entry = TarEntry.directory(path, attributes(present));
    Optional<Node> before = below.lookup(path);
    boolean wasDirectory = before.filter(Node::isDirectory).isPresent();
    boolean hides = present.opaque() && wasDirectory && !below.children(path).isEmpty();
    boolean unchanged =
        wasDirectory
            ? !differs(present, before.get())
            : before.isEmpty() && mountPoints.contains(path);
    popTo(path);
    if (hides) {
      put(entry);
      writer.opaque(path);
    } else if (unchanged) {
      waiting.addLast(entry);
    } else {
      put(entry);
    }
  }

  private void file(DiffEntry.Present present, Optional<Node> before) throws IOException {
    String path = present.path();
    String group = present.linkTo().orElse(path);
    String first = writtenLinks.get(group);
    if (first != null) {
      put(TarEntry.hardLink(path, attributes(present), first));
      return;
    }
    if (before.isPresent()
        && before.get().body() instanceof Node.Body.File old
        && old.size() == present.stat().size()
        && !differs(present, before.get())
        && digest(present, old.digest().algorithm()).equals(old.digest())) {
      return;
    }
    leadTo(path);
    writtenLinks.put(group, path);
    try (InputStream content = present.entry().open()) {
      writer.add(TarEntry.file(path, attributes(present), present.stat().size()), content);
    }
  }

  private void special(DiffEntry.Present present, Optional<Node> before, FileType type)
      throws IOException {
    FileStat stat = present.stat();
    boolean same =
        before.isPresent()
            && before.get().body() instanceof Node.Body.Special old
            && old.type() == type
            && (type == FileType.FIFO
                || (old.major() == stat.deviceMajor() && old.minor() == stat.deviceMinor()));
    if (!same || differs(present, before.get())) {
      var device =
          type == FileType.FIFO ? Device.NONE : new Device(stat.deviceMajor(), stat.deviceMinor());
      put(TarEntry.special(present.path(), type, attributes(present), device));
    }
  }

  private void put(TarEntry entry) throws IOException {
    leadTo(entry.path());
    writer.add(entry);
  }

  /** Writes the directories that lead to a path, as far as they have not been. */
  private void leadTo(String path) throws IOException {
    popTo(path);
    while (!waiting.isEmpty()) {
      writer.add(waiting.removeFirst());
    }
  }

  /** Forgets waiting directories that do not lead to the path: nothing in them has changed. */
  private void popTo(String path) {
    while (!waiting.isEmpty() && !path.startsWith(waiting.peekLast().path() + "/")) {
      waiting.removeLast();
    }
  }

  private boolean differs(DiffEntry.Present present, Node before) {
    Attributes now = attributes(present);
    Attributes old = before.attributes();
    // Layers keep whole seconds, so a fraction that the disk has says nothing.
    return now.mode() != old.mode()
        || now.uid() != old.uid()
        || now.gid() != old.gid()
        || now.mtimeSeconds() != old.mtimeSeconds()
        || !now.xattrs().equals(old.xattrs().keep(CAPABILITY::equals));
  }

  private Attributes attributes(DiffEntry.Present present) {
    FileStat stat = present.stat();
    Optional<Attributes> before =
        ownership == Ownership.AS_BELOW
            ? below.lookup(present.path()).map(Node::attributes)
            : Optional.empty();
    Xattrs xattrs =
        present
            .attributes()
            .get(CAPABILITY)
            .map(value -> Xattrs.of(Map.of(CAPABILITY, value)))
            .orElse(Xattrs.NONE);
    return new Attributes(
        stat.mode() & 07777,
        before.map(Attributes::uid).orElse(Integer.toUnsignedLong(stat.uid())),
        before.map(Attributes::gid).orElse(Integer.toUnsignedLong(stat.gid())),
        stat.modifiedSeconds(),
        stat.modifiedNanos(),
        xattrs);
  }

  private static Digest digest(DiffEntry.Present present, Digest.Algorithm algorithm)
      throws IOException {
    var hasher = algorithm.newHasher();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = present.entry().open()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        hasher.update(buffer, 0, count);
      }
    }
    return hasher.finish();
  }
}
