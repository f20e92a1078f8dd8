package dev.cairn.content.tar;

/** The offsets and lengths of a tar header (POSIX.1-2024, pax, "ustar Interchange Format"). */
final class TarFormat {

  static final int BLOCK = 512;
  static final int NAME = 0;
  static final int NAME_LENGTH = 100;
  static final int MODE = 100;
  static final int UID = 108;
  static final int GID = 116;
  static final int ID_LENGTH = 8;
  static final int SIZE = 124;
  static final int MTIME = 136;
  static final int LONG_LENGTH = 12;
  static final int CHECKSUM = 148;
  static final int TYPE = 156;
  static final int LINK = 157;
  static final int MAGIC = 257;
  static final int DEVICE_MAJOR = 329;
  static final int DEVICE_MINOR = 337;
  static final int PREFIX = 345;
  static final int PREFIX_LENGTH = 155;

  /** Joerg Schilling's star has a shorter prefix and this mark near the end. */
  static final int STAR_PREFIX_LENGTH = 131;

  static final int STAR_MARK = 508;

  private TarFormat() {}

  /** Bytes from the end of so much content to the next block. */
  static int padding(long size) {
    return (int) (-size & (BLOCK - 1));
  }

  /** The sum of the header's bytes with the checksum field taken as blanks. */
  static int checksum(byte[] header, int offset) {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += header[offset + i] & 0xFF;
    }
    for (int i = CHECKSUM; i < CHECKSUM + 8; i++) {
      sum += ' ' - (header[offset + i] & 0xFF);
    }
    return sum;
  }
}
