package dev.cairn.content.tar;

import dev.cairn.content.ArchiveException;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.ContentException;
import dev.cairn.content.EntryPath;
import dev.cairn.content.FileType;
import dev.cairn.content.Node;
import dev.cairn.oci.Digest;

/**
 * One entry of a tar archive, as it stands there: the path is not made safe, see {@link
 * dev.cairn.content.EntryPath}. User and group names and times other than the last change are left
 * out.
 *
 * @param path the name, without the slash at a directory's end
 * @param type what it is
 * @param attributes mode, owner, time, extended attributes
 * @param size bytes of content that follow; 0 for everything but files
 * @param link text of a symbolic link, or the name a hard link points to; else empty
 * @param device numbers of a device
 */
public record TarEntry(
    String path, FileType type, Attributes attributes, long size, String link, Device device) {

  /** Checks what belongs to the type. */
  public TarEntry {
    boolean isLink = type == FileType.SYMLINK || type == FileType.HARDLINK;
    if (size < 0 || (size > 0 && type != FileType.FILE)) {
      throw new IllegalArgumentException("size " + size + " of a " + type.label());
    }
    if (isLink == link.isEmpty()) {
      throw new IllegalArgumentException("a " + type.label() + " with link text '" + link + "'");
    }
  }

  /**
   * This entry as a node of a tree; its path and a hard link's target must be safe.
   *
   * @param digest of the content, for a file
   * @param place of the content, for a file
   */
  public Node node(Digest digest, Node.Place place) {
    Node.Body body =
        switch (type) {
          case FILE -> new Node.Body.File(size, digest, place, 0);
          case DIRECTORY -> Node.DIRECTORY;
          case SYMLINK -> new Node.Body.Symlink(link);
          case HARDLINK -> new Node.Body.HardLink(link);
          case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO ->
              new Node.Body.Special(type, device.major(), device.minor());
        };
    return new Node(path, attributes, body);
  }

  /**
   * The same with a path, and for a hard link a target, that stay inside the root.
   *
   * @throws ArchiveException if that is not possible
   */
  public TarEntry normalised(ArchiveLimits limits) throws ContentException {
    String safePath = EntryPath.normalise(path, limits);
    boolean hard = type == FileType.HARDLINK;
    String safeLink = hard ? EntryPath.normalise(link, limits) : link;
    if (hard && safeLink.isEmpty()) {
      throw new ArchiveException(path, "a hard link to the root");
    }
    return safePath.equals(path) && safeLink.equals(link)
        ? this
        : new TarEntry(safePath, type, attributes, size, safeLink, device);
  }

  /** A regular file. */
  public static TarEntry file(String path, Attributes attributes, long size) {
    return new TarEntry(path, FileType.FILE, attributes, size, "", Device.NONE);
  }

  /** A directory. */
  public static TarEntry directory(String path, Attributes attributes) {
    return new TarEntry(path, FileType.DIRECTORY, attributes, 0, "", Device.NONE);
  }

  /** A symbolic link with this text. */
  public static TarEntry symlink(String path, Attributes attributes, String target) {
    return new TarEntry(path, FileType.SYMLINK, attributes, 0, target, Device.NONE);
  }

  /** A second name of the file at the target path. */
  public static TarEntry hardLink(String path, Attributes attributes, String target) {
    return new TarEntry(path, FileType.HARDLINK, attributes, 0, target, Device.NONE);
  }

  /** A device or a named pipe. */
  public static TarEntry special(String path, FileType type, Attributes attributes, Device device) {
    return new TarEntry(path, type, attributes, 0, "", device);
  }
}
