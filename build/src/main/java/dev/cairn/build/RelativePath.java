package dev.cairn.build;

import java.util.ArrayList;
import java.util.List;

/**
 * A path inside a source: slash-separated, clean, without a leading slash and never above its root.
 * The empty path is the root itself.
 *
 * @param value the clean text
 */
public record RelativePath(String value) {
  /** The root. */
  public static final RelativePath ROOT = new RelativePath("");

  private static final int MOST_BYTES = 4096;

  /**
   * @throws IllegalArgumentException if {@code value} is not clean, absolute, or leaves the root
   */
  public RelativePath {
    if (!clean(value).equals(value)) {
      throw new IllegalArgumentException("not a clean relative path: " + value);
    }
  }

  /**
   * Cleans {@code text}: drops empty and {@code .} elements and resolves {@code ..}.
   *
   * @throws IllegalArgumentException if it is absolute, leaves the root, has a NUL or is too long
   */
  public static RelativePath of(String text) {
    return new RelativePath(clean(text));
  }

  private static String clean(String text) {
    if (text.length() > MOST_BYTES || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a path has at most 4096 characters and no NUL");
    }
    if (text.startsWith("/")) {
      throw new IllegalArgumentException("the path must be relative to its source: " + text);
    }
    List<String> kept = new ArrayList<>();
    for (String element : text.split("/", -1)) {
      switch (element) {
        case "", "." -> {}
        case ".." -> {
          if (kept.isEmpty()) {
            throw new IllegalArgumentException("the path leaves its source: " + text);
          }
          kept.removeLast();
        }
        default -> kept.add(element);
      }
    }
    return String.join("/", kept);
  }

  /** Whether this is the root. */
  public boolean isRoot() {
    return value.isEmpty();
  }

  @Override
  public String toString() {
    return value;
  }
}
