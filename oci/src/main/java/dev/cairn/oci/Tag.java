package dev.cairn.oci;

/**
 * A tag: a word character, then up to 127 word characters, dots and hyphens (OCI distribution
 * specification, "Pulling manifests").
 */
public record Tag(String value) implements Comparable<Tag> {

  private static final int LIMIT = 128;

  /** What Docker means when no tag is given. */
  public static final Tag LATEST = new Tag("latest");

  /** Checks the grammar. */
  public Tag {
    boolean good = !value.isEmpty() && value.length() <= LIMIT;
    for (int i = 0; good && i < value.length(); i++) {
      char c = value.charAt(i);
      boolean word = Ascii.isLetterOrDigit(c) || c == '_';
      good = word || (i > 0 && (c == '.' || c == '-'));
    }
    if (!good) {
      throw new InvalidOciException(
          "tag must be 1 to 128 letters, digits, '_', '.' and '-', not starting with '.' or '-'; it is "
              + InvalidOciException.quote(value));
    }
  }

  /** Reads a tag; anything else is an {@link InvalidOciException}. */
  public static Tag parse(String text) {
    return new Tag(text);
  }

  @Override
  public int compareTo(Tag other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
