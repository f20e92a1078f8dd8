package dev.cairn.content.compress;

/** How a stream is compressed, known by its first bytes. */
public enum Compression {
  NONE(""),
  GZIP("\u001F\u008B"),
  ZSTD("(\u00B5/\u00FD"),
  BZIP2("BZh"),
  XZ("\u00FD7zXZ\u0000");

  /** So many bytes are enough to tell. */
  public static final int MAGIC_LENGTH = 6;

  /** One character for each byte. */
  private final String magic;

  Compression(String magic) {
    this.magic = magic;
  }

  /** The compression of a stream that begins with these bytes; {@link #NONE} if none is known. */
  public static Compression detect(byte[] start, int length) {
    // A zstd stream may begin with a skippable frame, 0x184D2A50 to 0x184D2A5F (RFC 8878, 3.1.2).
    if (length >= 4
        && (start[0] & 0xF0) == 0x50
        && start[1] == 0x2A
        && start[2] == 0x4D
        && start[3] == 0x18) {
      return ZSTD;
    }
    for (var compression : values()) {
      if (compression != NONE && compression.matches(start, length)) {
        return compression;
      }
    }
    return NONE;
  }

  private boolean matches(byte[] start, int length) {
    if (length < magic.length()) {
      return false;
    }
    for (int i = 0; i < magic.length(); i++) {
      if ((start[i] & 0xFF) != magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
