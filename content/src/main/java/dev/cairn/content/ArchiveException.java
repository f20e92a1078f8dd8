package dev.cairn.content;

/** An archive is malformed, or an entry of it is refused. */
public final class ArchiveException extends ContentException {

  private final String place;

  /**
   * An error at one entry.
   *
   * @param place the entry's name or the offset in the archive
   * @param problem what is wrong there
   */
  public ArchiveException(String place, String problem) {
    super("archive entry " + RawText.quote(place) + ": " + problem);
    this.place = place;
  }

  /** The entry's name, or the offset in the archive. */
  public String place() {
    return place;
  }
}
