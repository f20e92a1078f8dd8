package dev.cairn.content;

import dev.cairn.linux.PathBytes;
import java.util.ArrayList;

/** Names in archives, made safe: relative to the root, without dots, without a way out. */
public final class EntryPath {

  /** The longest name of one file that Linux knows, in bytes. */
  private static final int MAX_NAME = 255;

  private EntryPath() {}

  /**
   * The path inside the root: {@code ./a//b/} becomes {@code a/b}, a leading slash is dropped as
   * every tar program does, and {@code a/../b} becomes {@code b}.
   *
   * @throws ArchiveException if the name leaves the root or holds a NUL or a name of more than 255
   *     bytes
   * @throws LimitExceededException if it is too long or too deep
   */
  public static String normalise(String name, ArchiveLimits limits) throws ContentException {
    if (isClean(name) && name.length() <= MAX_NAME) {
      checkDepth(name, limits);
      return name;
    }
    if (name.indexOf('\0') >= 0) {
      throw new ArchiveException(name, "the name holds a NUL byte");
    }
    if (PathBytes.encode(name).length > limits.pathBytes()) {
      throw new LimitExceededException("bytes in a path", limits.pathBytes(), name);
    }
    var parts = new ArrayList<String>();
    for (String part : name.split("/")) {
      if (part.equals("..")) {
        if (parts.isEmpty()) {
          throw new ArchiveException(name, "the name leads out of the archive's root");
        }
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        if (PathBytes.encode(part).length > MAX_NAME) {
          throw new ArchiveException(name, "a component has more than " + MAX_NAME + " bytes");
        }
        parts.add(part);
      }
    }
    String path = String.join("/", parts);
    checkDepth(path, limits);
    return path;
  }

  /** The parent of a normalised path; "" for a name at the top and for the root. */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** The path of a name in a directory. */
  public static String child(String directory, String name) {
    return directory.isEmpty() ? name : directory + '/' + name;
  }

  private static void checkDepth(String path, ArchiveLimits limits) throws LimitExceededException {
    int depth = path.isEmpty() ? 0 : 1;
    for (int i = path.indexOf('/'); i >= 0; i = path.indexOf('/', i + 1)) {
      depth++;
    }
    if (depth > limits.depth()) {
      throw new LimitExceededException("components in a path", limits.depth(), path);
    }
    if (path.length() > limits.pathBytes()) {
      throw new LimitExceededException("bytes in a path", limits.pathBytes(), path);
    }
  }

  /** Whether nothing has to be done: ASCII, no empty or dot component, no NUL. */
  private static boolean isClean(String name) {
    int start = 0;
    for (int i = 0; i <= name.length(); i++) {
      char c = i < name.length() ? name.charAt(i) : '/';
      if (c == '/') {
        int length = i - start;
        boolean dot = length > 0 && name.charAt(start) == '.';
        boolean dots = length == 2 && name.charAt(start + 1) == '.';
        if (length == 0 || (dot && (length == 1 || dots))) {
          return false;
        }
        start = i + 1;
      } else if (c == 0 || c >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
