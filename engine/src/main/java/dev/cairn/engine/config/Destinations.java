package dev.cairn.engine.config;

import java.util.ArrayList;
import java.util.List;

/** Paths inside an image, joined and cleaned as the language does it. */
final class Destinations {

  private Destinations() {}

  /** The WORKDIR after {@code WORKDIR path}: an absolute one as written, a relative one joined. */
  static String workdir(String current, String path) {
    if (path.isEmpty()) {
      return current;
    }
    return path.startsWith("/") ? path : clean(current + "/" + path);
  }

  /** The destination of a copy; a trailing {@code /} or {@code /.} is kept. */
  static String copy(String directory, String path) {
    String written = path.isEmpty() || path.equals(".") ? "./" : path;
    if (written.startsWith("/")) {
      return written;
    }
    String clean = clean(directory + "/" + written);
    if (written.endsWith("/") && !clean.endsWith("/")) {
      return clean + "/";
    }
    return written.endsWith("/.") ? (clean.equals("/") ? "/." : clean + "/.") : clean;
  }

  /** Absolute, without empty and dot parts; {@code ..} stops at the root. */
  static String clean(String path) {
    List<String> kept = new ArrayList<>();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        if (!kept.isEmpty()) {
          kept.removeLast();
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        kept.add(part);
      }
    }
    return "/" + String.join("/", kept);
  }
}
