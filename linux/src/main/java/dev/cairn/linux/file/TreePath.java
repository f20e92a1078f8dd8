package dev.cairn.linux.file;

import dev.cairn.linux.Errno;
import dev.cairn.linux.LinuxException;
import java.util.ArrayList;

/** A path below a root, taken apart into the directory and the last name. */
record TreePath(String parent, String name) {

  /**
   * Takes leading and double slashes and "." away.
   *
   * @throws LinuxException with {@code EXDEV} on a ".." component, with {@code EINVAL} on a NUL
   */
  static TreePath of(String path) throws LinuxException {
    var clean = clean(path);
    int slash = clean.lastIndexOf('/');
    return slash < 0
        ? new TreePath("", clean)
        : new TreePath(clean.substring(0, slash), clean.substring(slash + 1));
  }

  static String clean(String path) throws LinuxException {
    if (path.indexOf('\0') >= 0) {
      throw new LinuxException(
          "open", path.replace("\0", "\\0"), Errno.EINVAL, "the path holds a NUL byte");
    }
    var parts = new ArrayList<String>();
    for (var part : path.split("/")) {
      if (part.equals("..")) {
        throw new LinuxException("open", path, Errno.EXDEV, "the path has a \"..\" component");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  boolean isRoot() {
    return name.isEmpty();
  }

  @Override
  public String toString() {
    return parent.isEmpty() ? name : parent + "/" + name;
  }
}
