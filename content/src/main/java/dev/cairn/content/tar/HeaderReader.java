package dev.cairn.content.tar;

import static dev.cairn.content.tar.TarFormat.BLOCK;

import dev.cairn.content.ArchiveException;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.FileType;
import dev.cairn.content.LimitExceededException;
import dev.cairn.linux.PathBytes;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** Puts together one entry from its header and the extended headers before it. */
final class HeaderReader {

  /** As in Go's archive/tar; nothing real is larger. */
  private static final int MAX_EXTENDED = 1 << 20;

  /** Extended headers in a row; three are normal (global, long name, long link). */
  private static final int MAX_IN_ROW = 64;

  private final TarInput in;
  private final ArchiveLimits limits;
  private final PaxState pax = new PaxState();

  HeaderReader(TarInput in, ArchiveLimits limits) {
    this.in = in;
    this.limits = limits;
  }

  /** The next entry's header, or empty at the end of the archive. */
  Optional<TarEntry> next() throws IOException {
    pax.newEntry();
    for (int row = 0; row < MAX_IN_ROW; row++) {
      String place = "at byte " + in.position();
      int offset = in.block();
      if (offset < 0 || isEnd(offset, place)) {
        if (row > 0) {
          throw new ArchiveException(place, "an extended header without an entry");
        }
        return Optional.empty();
      }
      var header = new Header(in.buffer(), offset, place);
      header.verify();
      switch (header.type()) {
        case 'x', 'X' -> pax.add(extended(header), false, place);
        case 'g' -> pax.add(extended(header), true, place);
        case 'L' -> pax.longName(zeroTerminated(extended(header)));
        case 'K' -> pax.longLink(zeroTerminated(extended(header)));
        default -> {
          return Optional.of(entry(header));
        }
      }
    }
    throw new ArchiveException(
        "at byte " + in.position(), "more than " + MAX_IN_ROW + " extended headers in a row");
  }

  private boolean isEnd(int offset, String place) throws IOException {
    if (!isZero(offset)) {
      return false;
    }
    int second = in.block();
    if (second >= 0 && !isZero(second)) {
      throw new ArchiveException(place, "an empty block is followed by more data");
    }
    return true;
  }

  private boolean isZero(int offset) {
    byte[] buffer = in.buffer();
    for (int i = offset; i < offset + BLOCK; i++) {
      if (buffer[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private byte[] extended(Header header) throws IOException {
    long size = header.size();
    if (size > MAX_EXTENDED) {
      throw new LimitExceededException("bytes in an extended header", MAX_EXTENDED, header.place());
    }
    byte[] bytes = in.readFully((int) size);
    in.skip(TarFormat.padding(size));
    return bytes;
  }

  private static String zeroTerminated(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return PathBytes.decode(bytes, 0, length);
  }

  private TarEntry entry(Header header) throws IOException {
    String name = pax.path().isPresent() ? pax.path().get() : header.name();
    if (name.length() > limits.pathBytes()) {
      throw new LimitExceededException("bytes in a path", limits.pathBytes(), name);
    }
    if (name.isEmpty()) {
      throw new ArchiveException(header.place(), "the entry has no name");
    }
    boolean slash = name.endsWith("/");
    FileType type = header.fileType(slash, name);
    if (type == FileType.FILE && pax.isSparse()) {
      throw new ArchiveException(
          name, "sparse files are not supported; archive it without --sparse");
    }
    long size = type == FileType.FILE ? pax.size().orElse(header.size(name)) : 0;
    boolean isLink = type == FileType.SYMLINK || type == FileType.HARDLINK;
    String link = isLink ? pax.link().orElseGet(header::link) : "";
    checkLink(name, isLink, link);
    Device device =
        type.isDevice() ? new Device(header.major(name), header.minor(name)) : Device.NONE;
    var given = pax.time();
    Instant time = given.isPresent() ? given.get() : header.mtime(name);
    long uid = id(name, "owner", pax.uid().orElse(header.uid(name)));
    long gid = id(name, "group", pax.gid().orElse(header.gid(name)));
    var attributes =
        new Attributes(
            header.mode(name), uid, gid, time.getEpochSecond(), time.getNano(), pax.xattrs());
    return new TarEntry(slash ? withoutSlash(name) : name, type, attributes, size, link, device);
  }

  private void checkLink(String name, boolean isLink, String link) throws IOException {
    if (isLink && link.isEmpty()) {
      throw new ArchiveException(name, "a link without a target");
    }
    if (link.length() > limits.pathBytes()) {
      throw new LimitExceededException("bytes in a link's text", limits.pathBytes(), name);
    }
  }

  private static String withoutSlash(String name) {
    int end = name.length();
    while (end > 1 && name.charAt(end - 1) == '/') {
      end--;
    }
    return name.substring(0, end);
  }

  private static long id(String name, String what, long id) throws ArchiveException {
    if (id < 0 || id > Attributes.MAX_ID) {
      throw new ArchiveException(name, "the " + what + " " + id + " is no number Linux knows");
    }
    return id;
  }
}
