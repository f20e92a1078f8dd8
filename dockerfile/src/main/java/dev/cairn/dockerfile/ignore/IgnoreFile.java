package dev.cairn.dockerfile.ignore;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The patterns of a {@code .dockerignore}, or of {@code --exclude}. The last pattern that matches a
 * path or one of its parents decides; {@code !} re-includes. Paths are relative, clean and
 * separated by slashes.
 */
public final class IgnoreFile {
  /** Leaves nothing out. */
  public static final IgnoreFile NONE = new IgnoreFile(List.of());

  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_PATTERNS = 10_000;

  private final List<Line> lines;

  /** One pattern; {@code negated} lines re-include. */
  private record Line(GlobPattern pattern, boolean negated) {}

  private IgnoreFile(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  /**
   * Reads an ignore file: comments start with {@code #} in the first column; a byte order mark and
   * CRLF are accepted.
   *
   * @throws IllegalArgumentException naming the line of a malformed pattern
   */
  public static IgnoreFile parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("the ignore file is larger than " + MAX_BYTES + " bytes");
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    var lines = new ArrayList<Line>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      String pattern = line.strip();
      if (!line.startsWith("#") && !pattern.isEmpty()) {
        try {
          lines.add(line(pattern));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
        }
      }
      if (lines.size() > MAX_PATTERNS) {
        throw new IllegalArgumentException(
            "the ignore file has more than " + MAX_PATTERNS + " patterns");
      }
    }
    return new IgnoreFile(lines);
  }

  /**
   * The patterns of {@code --exclude}, relative to the copied root.
   *
   * @throws IllegalArgumentException for a malformed pattern
   */
  public static IgnoreFile ofPatterns(List<String> patterns) {
    var lines = new ArrayList<Line>();
    for (String pattern : patterns) {
      if (!pattern.isBlank()) {
        lines.add(line(pattern.strip()));
      }
    }
    return new IgnoreFile(lines);
  }

  private static Line line(String written) {
    boolean negated = written.startsWith("!");
    String pattern = negated ? written.substring(1).strip() : written;
    if (pattern.isEmpty()) {
      throw new IllegalArgumentException("illegal exclusion pattern: \"!\"");
    }
    String clean = clean(pattern);
    return new Line(GlobPattern.ignore(clean), negated);
  }

  /** Without empty, {@code .} and {@code ..} elements and the leading slash; {@code .} if empty. */
  private static String clean(String pattern) {
    var parts = new ArrayList<String>();
    boolean absolute = pattern.startsWith("/");
    for (String part : pattern.split("/")) {
      if (part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..")) {
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".") && !(absolute && part.equals(".."))) {
        parts.add(part);
      }
    }
    return parts.isEmpty() ? "." : String.join("/", parts);
  }

  /** True if there is no pattern. */
  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /** True if some pattern starts with {@code !}. */
  public boolean hasNegations() {
    return lines.stream().anyMatch(Line::negated);
  }

  /** True if the path, or a directory above it, is left out. */
  public boolean excludes(String path) {
    boolean excluded = false;
    for (Line line : lines) {
      // A line that would not change the answer need not be tried.
      if (line.negated() == excluded && covers(line.pattern(), path)) {
        excluded = !line.negated();
      }
    }
    return excluded;
  }

  /** True if the directory is left out with everything below, so that a walk may skip it. */
  public boolean canPrune(String directory) {
    if (!excludes(directory)) {
      return false;
    }
    return lines.stream()
        .noneMatch(line ->
            line.negated()
                && (covers(line.pattern(), directory)
                    || line.pattern().couldMatchBelow(directory)));
  }

  private static boolean covers(GlobPattern pattern, String path) {
    if (pattern.toString().equals(".")) {
      return true;
    }
    for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      if (pattern.matches(path.substring(0, end))) {
        return true;
      }
    }
    return pattern.matches(path);
  }
}
