package dev.cairn.dockerfile;

import java.util.ArrayDeque;

/** Slash-separated image paths as text; never touches a file system. */
public final class Paths {
  private Paths() {}

  /** The path without empty, {@code .} and resolvable {@code ..} elements; {@code .} if empty. */
  public static String clean(String path) {
    boolean absolute = path.startsWith("/");
    var parts = new ArrayDeque<String>();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        if (!parts.isEmpty() && !parts.getLast().equals("..")) {
          parts.removeLast();
        } else if (!absolute) {
          parts.addLast(part);
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    String joined = String.join("/", parts);
    return absolute ? "/" + joined : joined.isEmpty() ? "." : joined;
  }

  /** The clean absolute path; a relative one starts at the directory. */
  public static String absolute(String directory, String path) {
    return clean(path.startsWith("/") ? path : "/" + directory + "/" + path);
  }

  /** The last element. */
  static String base(String path) {
    String clean = clean(path);
    return clean.substring(clean.lastIndexOf('/') + 1);
  }
}
