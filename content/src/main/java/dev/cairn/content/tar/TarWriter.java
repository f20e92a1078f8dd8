package dev.cairn.content.tar;

import static dev.cairn.content.tar.TarFormat.BLOCK;

import dev.cairn.content.Attributes;
import dev.cairn.content.FileType;
import dev.cairn.content.RawText;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a tar archive whose bytes depend on the entries alone: ustar headers, a PAX header only
 * where a value does not fit, its records sorted, no names of users, no other times. Fractions of
 * seconds are written only if asked for. Used by one thread.
 */
public final class TarWriter {

  private static final byte[] ZEROS = new byte[2 * BLOCK];
  private static final byte[] USTAR = "ustar\00000".getBytes(StandardCharsets.US_ASCII);
  private static final int COPY_BUFFER = 1 << 16;

  private final TarSink sink;
  private final boolean nanoseconds;
  private final byte[] header = new byte[BLOCK];
  private final byte[] copyBuffer = new byte[COPY_BUFFER];
  private long position;
  private long remaining;
  private int padding;

  /**
   * Writes into the sink.
   *
   * @param nanoseconds whether fractions of seconds are kept, in PAX records
   */
  public TarWriter(TarSink sink, boolean nanoseconds) {
    this.sink = sink;
    this.nanoseconds = nanoseconds;
  }

  /** Bytes written so far; after {@link #add} the offset of the entry's content. */
  public long position() {
    return position;
  }

  /** Begins an entry; all content of the one before must have been written. */
  public void add(TarEntry entry) throws IOException {
    endEntry();
    sink.entry(entry.path(), entry.size());
    boolean directory = entry.type() == FileType.DIRECTORY;
    String path = directory ? (entry.path().isEmpty() ? "./" : entry.path() + "/") : entry.path();
    Attributes attributes = entry.attributes();

    // Most entries need no PAX header, so the map of its records is made late.
    PaxRecords pax = new PaxRecords();
    Arrays.fill(header, (byte) 0);
    putPath(path, pax);
    if (!entry.link().isEmpty() && !putText(TarFormat.LINK, TarFormat.NAME_LENGTH, entry.link())) {
      pax.put("linkpath", entry.link());
    }
    putOctal(TarFormat.MODE, 8, attributes.mode());
    putNumber(TarFormat.UID, 8, attributes.uid(), "uid", pax);
    putNumber(TarFormat.GID, 8, attributes.gid(), "gid", pax);
    putNumber(TarFormat.SIZE, 12, entry.size(), "size", pax);
    putTime(attributes, pax);
    putOctal(TarFormat.DEVICE_MAJOR, 8, entry.device().major());
    putOctal(TarFormat.DEVICE_MINOR, 8, entry.device().minor());
    if (!attributes.xattrs().isEmpty()) {
      pax.putAll(attributes.xattrs());
    }
    if (!pax.isEmpty()) {
      writePax(path, pax);
    }
    finishHeader(entry.type().flag());
    remaining = entry.size();
    padding = TarFormat.padding(remaining);
    if (entry.type() == FileType.FILE) {
      sink.content();
    }
  }

  /** Content of the entry begun last. */
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > remaining) {
      throw new IllegalStateException("more content than the entry's size says");
    }
    sink.write(bytes, offset, length);
    position += length;
    remaining -= length;
  }

  /** An entry with all its content, which must have exactly the entry's size. */
  public void add(TarEntry entry, InputStream content) throws IOException {
    add(entry);
    content(content);
  }

  /** All content of the entry begun last, which must have exactly the entry's size. */
  public void content(InputStream content) throws IOException {
    while (remaining > 0) {
      int count = content.read(copyBuffer, 0, (int) Math.min(remaining, copyBuffer.length));
      if (count < 0) {
        throw new EOFException("a file ends " + remaining + " bytes before its size");
      }
      write(copyBuffer, 0, count);
    }
  }

  /** Ends the archive with two empty blocks. */
  public void finish() throws IOException {
    endEntry();
    put(ZEROS, 2 * BLOCK);
  }

  private void endEntry() throws IOException {
    if (remaining > 0) {
      throw new IllegalStateException(remaining + " bytes of the entry's content are missing");
    }
    if (padding > 0) {
      put(ZEROS, padding);
      padding = 0;
    }
  }

  private void put(byte[] bytes, int length) throws IOException {
    sink.write(bytes, 0, length);
    position += length;
  }

  private void putPath(String path, PaxRecords pax) {
    if (putText(TarFormat.NAME, TarFormat.NAME_LENGTH, path)) {
      return;
    }
    int slash = prefixEnd(path);
    if (slash > 0 && RawText.isAscii(path)) {
      putText(TarFormat.PREFIX, TarFormat.PREFIX_LENGTH, path.substring(0, slash));
      putText(TarFormat.NAME, TarFormat.NAME_LENGTH, path.substring(slash + 1));
    } else {
      pax.put("path", path);
      putShortened(path);
    }
  }

  /** The slash that splits the path into prefix and name, or a negative number. */
  private static int prefixEnd(String path) {
    int slash = path.lastIndexOf('/', Math.min(TarFormat.PREFIX_LENGTH, path.length() - 2));
    return path.length() - slash - 1 <= TarFormat.NAME_LENGTH ? slash : -1;
  }

  /** What readers without PAX show: the first characters, others than ASCII as underscores. */
  private void putShortened(String text) {
    Arrays.fill(header, TarFormat.NAME, TarFormat.NAME + TarFormat.NAME_LENGTH, (byte) 0);
    int length = Math.min(text.length(), TarFormat.NAME_LENGTH);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      header[TarFormat.NAME + i] = c < 0x80 ? (byte) c : (byte) '_';
    }
  }

  /** Puts ASCII text that fits; otherwise leaves the field empty and says so. */
  private boolean putText(int offset, int limit, String text) {
    int length = text.length();
    if (length > limit) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || c == 0) {
        Arrays.fill(header, offset, offset + limit, (byte) 0);
        if (c == 0) {
          throw new IllegalArgumentException("a name holds a NUL: " + RawText.quote(text));
        }
        return false;
      }
      header[offset + i] = (byte) c;
    }
    return true;
  }

  private void putTime(Attributes attributes, PaxRecords pax) {
    long seconds = attributes.mtimeSeconds();
    boolean fraction = nanoseconds && attributes.mtimeNanos() != 0;
    if (fraction || !putOctal(TarFormat.MTIME, 12, seconds)) {
      pax.putTime(seconds, fraction ? attributes.mtimeNanos() : 0);
      putOctal(TarFormat.MTIME, 12, Math.clamp(seconds, 0, 0_77777777777L));
    }
  }

  private void putNumber(int offset, int length, long value, String key, PaxRecords pax) {
    if (!putOctal(offset, length, value)) {
      pax.put(key, Long.toString(value));
      putOctal(offset, length, 0);
    }
  }

  /** Octal digits with leading zeros and a NUL behind; false if the value does not fit. */
  private boolean putOctal(int offset, int length, long value) {
    int digits = length - 1;
    if (value < 0 || value >>> (3 * digits) != 0) {
      return false;
    }
    long rest = value;
    for (int i = digits - 1; i >= 0; i--) {
      header[offset + i] = (byte) ('0' + (rest & 7));
      rest >>>= 3;
    }
    header[offset + digits] = 0;
    return true;
  }

  private void finishHeader(char type) throws IOException {
    header[TarFormat.TYPE] = (byte) type;
    System.arraycopy(USTAR, 0, header, TarFormat.MAGIC, USTAR.length);
    putOctal(TarFormat.CHECKSUM, 7, TarFormat.checksum(header, 0));
    header[TarFormat.CHECKSUM + 7] = ' ';
    put(header, BLOCK);
  }

  private void writePax(String path, PaxRecords pax) throws IOException {
    byte[] records = pax.bytes();
    byte[] main = header.clone();
    Arrays.fill(header, (byte) 0);
    int end = path.endsWith("/") ? path.length() - 1 : path.length();
    putShortened("PaxHeaders.0/" + path.substring(path.lastIndexOf('/', end - 1) + 1, end));
    putOctal(TarFormat.MODE, 8, 0644);
    putOctal(TarFormat.UID, 8, 0);
    putOctal(TarFormat.GID, 8, 0);
    putOctal(TarFormat.SIZE, 12, records.length);
    putOctal(TarFormat.MTIME, 12, 0);
    putOctal(TarFormat.DEVICE_MAJOR, 8, 0);
    putOctal(TarFormat.DEVICE_MINOR, 8, 0);
    finishHeader('x');
    put(records, records.length);
    put(ZEROS, TarFormat.padding(records.length));
    System.arraycopy(main, 0, header, 0, BLOCK);
  }
}
