package dev.cairn.linux;

/** What a directory entry is (inode(7), the S_IFMT bits of its mode). */
public enum FileKind {
  REGULAR(0100000),
  DIRECTORY(0040000),
  SYMLINK(0120000),
  CHARACTER_DEVICE(0020000),
  BLOCK_DEVICE(0060000),
  FIFO(0010000),
  SOCKET(0140000);

  private final int bits;

  FileKind(int bits) {
    this.bits = bits;
  }

  /** The S_IFMT bits. */
  public int bits() {
    return bits;
  }

  /** The kind in a full {@code st_mode}. */
  public static FileKind of(int fullMode) {
    for (var kind : values()) {
      if (kind.bits == (fullMode & 0170000)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no file kind has mode " + Integer.toOctalString(fullMode));
  }
}
