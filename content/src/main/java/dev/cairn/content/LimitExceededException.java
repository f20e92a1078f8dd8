package dev.cairn.content;

/** Input is larger than allowed. */
public final class LimitExceededException extends ContentException {

  private final String limit;
  private final long allowed;

  /**
   * One limit was passed.
   *
   * @param limit what is limited, such as {@code "bytes after decompression"}
   * @param allowed the limit's value
   * @param place where it was passed, such as an entry's name; may be empty
   */
  public LimitExceededException(String limit, long allowed, String place) {
    super(
        "too large: more than "
            + allowed
            + " "
            + limit
            + (place.isEmpty() ? "" : ", at " + RawText.quote(place)));
    this.limit = limit;
    this.allowed = allowed;
  }

  /** What is limited. */
  public String limit() {
    return limit;
  }

  /** The limit's value. */
  public long allowed() {
    return allowed;
  }
}
