package dev.cairn.engine.copy;

import java.util.ArrayList;
import java.util.List;

/** Paths as trees have them: clean, without a leading slash, "" for the root. */
final class TreePath {

  private TreePath() {}

  /** Cleans a path of any form; {@code ..} stops at the root. */
  static String clean(String path) {
    List<String> kept = new ArrayList<>();
    for (String part : path.split("/")) {
      switch (part) {
        case "", "." -> {}
        case ".." -> {
          if (!kept.isEmpty()) {
            kept.removeLast();
          }
        }
        default -> kept.add(part);
      }
    }
    return String.join("/", kept);
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  static String join(String directory, String rest) {
    return directory.isEmpty() ? rest : rest.isEmpty() ? directory : directory + '/' + rest;
  }

  /** Whether the path says itself that it is a directory. */
  static boolean saysDirectory(String path) {
    return path.endsWith("/") || path.endsWith("/.");
  }
}
