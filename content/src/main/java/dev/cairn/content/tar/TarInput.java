package dev.cairn.content.tar;

import dev.cairn.content.ContentException;
import dev.cairn.content.LimitExceededException;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of an archive with one buffer, a position, and a limit on their number. */
final class TarInput {

  private static final int SIZE = 1 << 16;

  private final InputStream in;
  private final long limit;
  private final byte[] buffer = new byte[SIZE];
  private int start;
  private int end;
  private long taken;

  TarInput(InputStream in, long limit) {
    this.in = in;
    this.limit = limit;
  }

  /** Bytes handed out so far. */
  long position() {
    return taken - (end - start);
  }

  /** The array that {@link #block} points into. */
  byte[] buffer() {
    return buffer;
  }

  /** The offset in the buffer of the next 512 bytes, or -1 if the stream ends exactly here. */
  int block() throws IOException {
    if (end - start < TarFormat.BLOCK) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
      while (end < TarFormat.BLOCK) {
        int count = take(buffer, end, SIZE - end);
        if (count < 0) {
          if (end == 0) {
            return -1;
          }
          throw new ContentException("the archive ends in the middle of a header");
        }
        end += count;
      }
    }
    int offset = start;
    start += TarFormat.BLOCK;
    return offset;
  }

  /** Some bytes, or -1 at the end; large reads go past the buffer. */
  int read(byte[] bytes, int offset, int length) throws IOException {
    if (start == end) {
      if (length >= SIZE / 2) {
        return take(bytes, offset, length);
      }
      int count = take(buffer, 0, SIZE);
      if (count < 0) {
        return -1;
      }
      start = 0;
      end = count;
    }
    int count = Math.min(length, end - start);
    System.arraycopy(buffer, start, bytes, offset, count);
    start += count;
    return count;
  }

  /** Exactly so many bytes. */
  byte[] readFully(int length) throws IOException {
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; ) {
      int count = read(bytes, at, length - at);
      if (count < 0) {
        throw new ContentException("the archive ends in the middle of an extended header");
      }
      at += count;
    }
    return bytes;
  }

  /** Passes over so many bytes. */
  void skip(long length) throws IOException {
    long left = length;
    while (left > 0) {
      if (start == end) {
        start = 0;
        end = Math.max(0, take(buffer, 0, SIZE));
        if (end == 0) {
          throw new ContentException(
              "the archive ends in the middle of a file, " + left + " bytes are missing");
        }
      }
      int count = (int) Math.min(left, end - start);
      start += count;
      left -= count;
    }
  }

  /** Reads to the end of the stream. */
  void drain() throws IOException {
    start = 0;
    end = 0;
    while (take(buffer, 0, SIZE) >= 0) {
      // What follows an archive is only counted.
    }
  }

  private int take(byte[] bytes, int offset, int length) throws IOException {
    int count = in.read(bytes, offset, length);
    if (count > 0) {
      taken += count;
      if (taken > limit) {
        throw new LimitExceededException("bytes in the archive", limit, "");
      }
    }
    return count;
  }
}
