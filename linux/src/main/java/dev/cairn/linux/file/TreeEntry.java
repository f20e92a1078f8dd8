package dev.cairn.linux.file;

import dev.cairn.linux.FileStat;
import dev.cairn.linux.PathBytes;
import dev.cairn.linux.sys.Fd;
import dev.cairn.linux.sys.FileCalls;
import dev.cairn.linux.sys.OpenFlag;
import dev.cairn.linux.sys.Resolve;
import java.io.IOException;
import java.io.InputStream;
import java.util.TreeMap;

/** An entry seen on a walk: its attributes at once, the rest on request. */
public final class TreeEntry {
  private final Fd parent;
  private final String path;
  private final String name;
  private final FileStat stat;

  TreeEntry(Fd parent, String path, String name, FileStat stat) {
    this.parent = parent;
    this.path = path;
    this.name = name;
    this.stat = stat;
  }

  /**
   * The path below the directory that is walked, without a leading slash (see {@link PathBytes}).
   */
  public String path() {
    return path;
  }

  /** The last component. */
  public String name() {
    return name;
  }

  /** Its attributes. */
  public FileStat stat() {
    return stat;
  }

  /** The text of this symbolic link. */
  public String linkText() throws IOException {
    return FileCalls.readLink(parent, name);
  }

  /** Its extended attributes, all that this process may see. */
  public ExtendedAttributes attributes() throws IOException {
    try (var file =
        FileCalls.openAt(parent, name, Resolve.BENEATH, 0, OpenFlag.PATH, OpenFlag.NO_FOLLOW)) {
      return read(file);
    }
  }

  static ExtendedAttributes read(Fd file) throws IOException {
    var names = FileCalls.attributeNames(file);
    if (names.isEmpty()) {
      return ExtendedAttributes.NONE;
    }
    var values = new TreeMap<String, byte[]>();
    for (var attribute : names) {
      values.put(attribute, FileCalls.attribute(file, attribute));
    }
    return new ExtendedAttributes(values);
  }

  /**
   * The bytes of this regular file. The caller closes the stream, before or after the walk ends.
   */
  public InputStream open() throws IOException {
    return Directory.openRegular(parent, name, Resolve.BENEATH);
  }
}
