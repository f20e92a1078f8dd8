package dev.cairn.app.context;

import dev.cairn.content.Attributes;
import dev.cairn.content.FileType;
import dev.cairn.content.Xattrs;
import dev.cairn.content.tar.Device;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import dev.cairn.linux.FileStat;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.TreeEntry;
import dev.cairn.linux.file.TreeVisitor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Lists what of a directory belongs to its context: parents first, owned by root, with the modes,
 * times and link texts that stand there. No link is followed, sockets are left out.
 */
public final class ContextScan implements TreeVisitor {
  private final IgnoreFile ignore;
  private final Set<String> always;
  private final List<TarEntry> found = new ArrayList<>();
  private final Deque<TarEntry> unsentParents = new ArrayDeque<>();

  private ContextScan(IgnoreFile ignore, Set<String> always) {
    this.ignore = ignore;
    this.always = always;
  }

  /**
   * Walks the directory.
   *
   * @param always paths that are sent whatever the ignore file says
   */
  public static List<TarEntry> of(Directory root, IgnoreFile ignore, Set<String> always)
      throws IOException {
    var scan = new ContextScan(ignore, Set.copyOf(always));
    root.walk(scan);
    return List.copyOf(scan.found);
  }

  @Override
  public Next visit(TreeEntry seen) throws IOException {
    String path = seen.path();
    while (!unsentParents.isEmpty() && !path.startsWith(unsentParents.peekLast().path() + "/")) {
      unsentParents.removeLast();
    }
    boolean excluded = ignore.excludes(path) && !always.contains(path);
    if (seen.stat().isDirectory()) {
      var directory = TarEntry.directory(path, attributes(seen.stat()));
      if (!excluded) {
        send(directory);
        return Next.ENTER;
      }
      if (ignore.canPrune(path) && always.stream().noneMatch(a -> a.startsWith(path + "/"))) {
        return Next.SKIP;
      }
      // Sent only if something below it is.
      unsentParents.addLast(directory);
      return Next.ENTER;
    }
    if (!excluded) {
      add(seen);
    }
    return Next.SKIP;
  }

  private void add(TreeEntry seen) throws IOException {
    String path = seen.path();
    FileStat stat = seen.stat();
    Attributes attributes = attributes(stat);
    switch (stat.kind()) {
      case REGULAR -> send(TarEntry.file(path, attributes, stat.size()));
      case SYMLINK -> send(TarEntry.symlink(path, attributes.withMode(0777), seen.linkText()));
      case FIFO -> send(TarEntry.special(path, FileType.FIFO, attributes, Device.NONE));
      case CHARACTER_DEVICE -> send(device(path, FileType.CHARACTER_DEVICE, stat));
      case BLOCK_DEVICE -> send(device(path, FileType.BLOCK_DEVICE, stat));
      case SOCKET, DIRECTORY -> {}
    }
  }

  private static TarEntry device(String path, FileType type, FileStat stat) {
    return TarEntry.special(
        path, type, attributes(stat), new Device(stat.deviceMajor(), stat.deviceMinor()));
  }

  private void send(TarEntry entry) {
    found.addAll(unsentParents);
    unsentParents.clear();
    found.add(entry);
  }

  private static Attributes attributes(FileStat stat) {
    return new Attributes(
        stat.mode(), 0, 0, stat.modifiedSeconds(), stat.modifiedNanos(), Xattrs.NONE);
  }
}
