package dev.cairn.oci;

import java.util.List;

/**
 * The path of a repository inside a registry, such as {@code library/debian} (OCI distribution
 * specification, "Pulling manifests"): components of lower-case letters and digits, joined inside
 * by {@code .}, {@code _}, {@code __} or hyphens, and separated by {@code /}. At most 255
 * characters. It can never hold {@code ..} or an empty component.
 */
public record RepositoryName(String value) implements Comparable<RepositoryName> {

  static final int LIMIT = 255;

  /** Checks the grammar. */
  public RepositoryName {
    if (value.length() > LIMIT) {
      throw new InvalidOciException(
          "repository name has more than 255 characters: " + InvalidOciException.quote(value));
    }
    int start = 0;
    while (start <= value.length()) {
      int slash = value.indexOf('/', start);
      int end = slash < 0 ? value.length() : slash;
      checkComponent(value, start, end);
      start = end + 1;
    }
  }

  /** Reads a repository name; anything else is an {@link InvalidOciException}. */
  public static RepositoryName parse(String text) {
    return new RepositoryName(text);
  }

  /** The components between the slashes, at least one. */
  public List<String> components() {
    return List.of(value.split("/"));
  }

  @Override
  public int compareTo(RepositoryName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }

  private static void checkComponent(String name, int start, int end) {
    int at = start;
    while (true) {
      int word = at;
      while (at < end && Ascii.isLowerOrDigit(name.charAt(at))) {
        at++;
      }
      if (at == word) {
        throw wrong(name);
      }
      if (at == end) {
        return;
      }
      at = skipSeparator(name, at, end);
    }
  }

  /** One dot, one or two underscores, or any number of hyphens. */
  private static int skipSeparator(String name, int at, int end) {
    return switch (name.charAt(at)) {
      case '.' -> at + 1;
      case '_' -> at + 1 < end && name.charAt(at + 1) == '_' ? at + 2 : at + 1;
      case '-' -> {
        int next = at;
        while (next < end && name.charAt(next) == '-') {
          next++;
        }
        yield next;
      }
      default -> throw wrong(name);
    };
  }

  private static InvalidOciException wrong(String name) {
    boolean upper = name.chars().anyMatch(c -> Ascii.isUpper((char) c));
    return new InvalidOciException(
        "repository name "
            + InvalidOciException.quote(name)
            + (upper
                ? " must be lower case"
                : " must be components of lower-case letters and digits, joined by '.', '_', '__' or '-' and separated by"
                    + " '/'"));
  }
}
