package dev.cairn.content;

import java.util.Optional;

/** What an entry of an archive or a tree is. */
public enum FileType {
  FILE('0', "file"),
  DIRECTORY('5', "directory"),
  SYMLINK('2', "symbolic link"),
  /** A second name; only in archives and layer indexes, a finished tree shows the file itself. */
  HARDLINK('1', "hard link"),
  CHARACTER_DEVICE('3', "character device"),
  BLOCK_DEVICE('4', "block device"),
  FIFO('6', "named pipe");

  private final char flag;
  private final String label;

  FileType(char flag, String label) {
    this.flag = flag;
    this.label = label;
  }

  /** The character that stands for it in a tar header (POSIX.1-2024, pax, "typeflag"). */
  public char flag() {
    return flag;
  }

  /** The type of this character; empty for any other character. */
  public static Optional<FileType> ofFlag(char flag) {
    for (var type : values()) {
      if (type.flag == flag) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** The name for people. */
  public String label() {
    return label;
  }

  /** Whether it is a character or block device. */
  public boolean isDevice() {
    return this == CHARACTER_DEVICE || this == BLOCK_DEVICE;
  }
}
