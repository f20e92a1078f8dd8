package dev.cairn.content.tar;

import dev.cairn.content.ArchiveException;
import dev.cairn.content.FileType;
import dev.cairn.content.RawText;
import dev.cairn.linux.PathBytes;
import java.time.Instant;

/** The fields of one 512-byte header; valid until the buffer is filled anew. */
final class Header {

  private final byte[] bytes;
  private final int start;
  private final String place;

  Header(byte[] bytes, int start, String place) {
    this.bytes = bytes;
    this.start = start;
    this.place = place;
  }

  /** Where the header stands, for messages. */
  String place() {
    return place;
  }

  /** Checks the sum over the header; some old programs added signed bytes. */
  void verify() throws ArchiveException {
    long stored = octal(TarFormat.CHECKSUM, 8, "checksum", place);
    int sum = TarFormat.checksum(bytes, start);
    if (stored == sum) {
      return;
    }
    int signed = sum;
    for (int i = 0; i < TarFormat.BLOCK; i++) {
      boolean inField = i >= TarFormat.CHECKSUM && i < TarFormat.CHECKSUM + 8;
      signed -= !inField && bytes[start + i] < 0 ? 256 : 0;
    }
    if (stored != signed) {
      throw new ArchiveException(place, "this is no tar header, its checksum is wrong");
    }
  }

  char type() {
    return (char) (bytes[start + TarFormat.TYPE] & 0xFF);
  }

  FileType fileType(boolean trailingSlash, String name) throws ArchiveException {
    return switch (type()) {
      case '0', '\0', '7' -> trailingSlash ? FileType.DIRECTORY : FileType.FILE;
      case '1' -> FileType.HARDLINK;
      case '2' -> FileType.SYMLINK;
      case '3' -> FileType.CHARACTER_DEVICE;
      case '4' -> FileType.BLOCK_DEVICE;
      case '5' -> FileType.DIRECTORY;
      case '6' -> FileType.FIFO;
      case 'S' ->
          throw new ArchiveException(
              name, "sparse files are not supported; archive it without --sparse");
      case 'D', 'M', 'N', 'V' ->
          throw new ArchiveException(
              name, "GNU entry type '" + type() + "' (dumps, volumes) is not supported");
      default ->
          throw new ArchiveException(
              name, "unknown entry type " + RawText.quote(String.valueOf(type())));
    };
  }

  String name() {
    String name = text(TarFormat.NAME, TarFormat.NAME_LENGTH);
    if (!isUstar() || bytes[start + TarFormat.PREFIX] == 0) {
      return name;
    }
    boolean star =
        bytes[start + TarFormat.STAR_MARK] == 't'
            && bytes[start + TarFormat.STAR_MARK + 1] == 'a'
            && bytes[start + TarFormat.STAR_MARK + 2] == 'r'
            && bytes[start + TarFormat.STAR_MARK + 3] == 0;
    int length = star ? TarFormat.STAR_PREFIX_LENGTH : TarFormat.PREFIX_LENGTH;
    return text(TarFormat.PREFIX, length) + '/' + name;
  }

  String link() {
    return text(TarFormat.LINK, TarFormat.NAME_LENGTH);
  }

  /** The twelve bits we keep; the kind of file stands in the type alone. */
  int mode(String name) throws ArchiveException {
    return (int) number(TarFormat.MODE, 8, "mode", name) & 07777;
  }

  long uid(String name) throws ArchiveException {
    return number(TarFormat.UID, TarFormat.ID_LENGTH, "owner", name);
  }

  long gid(String name) throws ArchiveException {
    return number(TarFormat.GID, TarFormat.ID_LENGTH, "group", name);
  }

  long size() throws ArchiveException {
    return size(place);
  }

  long size(String name) throws ArchiveException {
    long size = number(TarFormat.SIZE, TarFormat.LONG_LENGTH, "size", name);
    if (size < 0) {
      throw new ArchiveException(name, "the size is negative");
    }
    return size;
  }

  Instant mtime(String name) throws ArchiveException {
    long seconds = number(TarFormat.MTIME, TarFormat.LONG_LENGTH, "time", name);
    if (seconds < Instant.MIN.getEpochSecond() || seconds > Instant.MAX.getEpochSecond()) {
      throw new ArchiveException(name, "the time is out of range");
    }
    return Instant.ofEpochSecond(seconds);
  }

  int major(String name) throws ArchiveException {
    return device(TarFormat.DEVICE_MAJOR, name);
  }

  int minor(String name) throws ArchiveException {
    return device(TarFormat.DEVICE_MINOR, name);
  }

  private int device(int offset, String name) throws ArchiveException {
    long number = number(offset, 8, "device number", name);
    if (number < 0 || number > 0xF_FFFF) {
      throw new ArchiveException(name, "the device number " + number + " does not exist");
    }
    return (int) number;
  }

  /** POSIX's magic; GNU's older one ("ustar ") uses the prefix for other things. */
  private boolean isUstar() {
    int at = start + TarFormat.MAGIC;
    return bytes[at] == 'u'
        && bytes[at + 1] == 's'
        && bytes[at + 2] == 't'
        && bytes[at + 3] == 'a'
        && bytes[at + 4] == 'r'
        && bytes[at + 5] == 0;
  }

  private String text(int offset, int limit) {
    int from = start + offset;
    int length = 0;
    while (length < limit && bytes[from + length] != 0) {
      length++;
    }
    return PathBytes.decode(bytes, from, length);
  }

  private long number(int offset, int length, String what, String name) throws ArchiveException {
    return bytes[start + offset] < 0
        ? binary(offset, length, what, name)
        : octal(offset, length, what, name);
  }

  /** GNU's base 256: the first bit marks it, the rest is a two's complement number. */
  private long binary(int offset, int length, String what, String name) throws ArchiveException {
    byte first = bytes[start + offset];
    boolean negative = (first & 0x40) != 0;
    long value = negative ? first : first & 0x3F;
    for (int i = 1; i < length; i++) {
      long top = value >> 55;
      if (top != 0 && top != -1) {
        throw new ArchiveException(name, "the " + what + " is too large a number");
      }
      value = (value << 8) | (bytes[start + offset + i] & 0xFF);
    }
    return value;
  }

  private long octal(int offset, int length, String what, String name) throws ArchiveException {
    int at = start + offset;
    int end = at + length;
    while (at < end && bytes[at] == ' ') {
      at++;
    }
    long value = 0;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '7') {
      value = (value << 3) | (bytes[at] - '0');
      at++;
    }
    // What follows the NUL or blank is left over from other fields in archives of old programs.
    if (at < end && bytes[at] != 0 && bytes[at] != ' ') {
      throw new ArchiveException(name, "the " + what + " is not an octal number");
    }
    return value;
  }
}
