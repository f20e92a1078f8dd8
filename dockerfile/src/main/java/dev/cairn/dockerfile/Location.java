package dev.cairn.dockerfile;

/**
 * Where something stands in a Dockerfile.
 *
 * @param file name as the user gave it, such as {@code Dockerfile}
 * @param firstLine first line, counted from 1; 0 if there is no file (typed steps)
 * @param lastLine last line, inclusive
 */
public record Location(String file, int firstLine, int lastLine) {
  public Location {
    if (firstLine < 0 || lastLine < firstLine) {
      throw new IllegalArgumentException("bad line range " + firstLine + "-" + lastLine);
    }
  }

  /** One line. */
  public static Location line(String file, int line) {
    return new Location(file, line, line);
  }

  /** A place that is no line of a file, such as {@code step 3}. */
  public static Location synthetic(String label) {
    return new Location(label, 0, 0);
  }

  /** {@code Dockerfile:12}, or the label alone for a synthetic place. */
  @Override
  public String toString() {
    return firstLine == 0 ? file : file + ":" + firstLine;
  }
}
