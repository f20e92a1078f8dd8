package dev.cairn.oci.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The body of an answer; knows its end, and tells once whether the connection can be used again.
 */
final class BodyStream extends InputStream {

  /** How the end of a body is known (RFC 9112, section 6). */
  sealed interface Framing {
    /** By its length in bytes. */
    record Length(long bytes) implements Framing {}

    /** By chunks. */
    record Chunks() implements Framing {}

    /** By the end of the connection. */
    record UntilClose() implements Framing {}
  }

  private static final int LINE_LIMIT = 4096;
  private static final int TRAILERS_LIMIT = 50;

  private final WireInput input;
  private final Framing framing;
  private final Consumer<Boolean> atEnd;
  private long left;
  private boolean firstChunk = true;
  private boolean finished;
  private boolean closed;

  /** {@code atEnd} is called once, with whether the body was read to its end. */
  BodyStream(WireInput input, Framing framing, Consumer<Boolean> atEnd) {
    this.input = input;
    this.framing = framing;
    this.atEnd = atEnd;
    this.left = framing instanceof Framing.Length length ? length.bytes() : 0;
    if (framing instanceof Framing.Length && left == 0) {
      finish();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (finished) {
      return -1;
    }
    if (closed) {
      throw new IOException("the body is closed");
    }
    if (length == 0) {
      return 0;
    }
    return switch (framing) {
      case Framing.Length fixed -> readCounted(target, offset, length, true);
      case Framing.Chunks chunks -> {
        if (left == 0 && !nextChunk()) {
          yield -1;
        }
        yield readCounted(target, offset, length, false);
      }
      case Framing.UntilClose open -> {
        int count = input.read(target, offset, length);
        if (count < 0) {
          finish();
        }
        yield count;
      }
    };
  }

  @Override
  public void close() {
    if (!closed && !finished) {
      closed = true;
      atEnd.accept(false);
    }
    closed = true;
  }

  private int readCounted(byte[] target, int offset, int length, boolean endsBody)
      throws IOException {
    int count = input.read(target, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw new EOFException("the connection ended before the body did");
    }
    left -= count;
    if (left == 0 && endsBody) {
      finish();
    }
    return count;
  }

  /** Reads the size of the next chunk; false at the last, after the trailers. */
  private boolean nextChunk() throws IOException {
    if (!firstChunk && !input.readLine(LINE_LIMIT).isEmpty()) {
      throw new HttpProtocolException("a chunk of the body does not end where it should");
    }
    firstChunk = false;
    String line = input.readLine(LINE_LIMIT);
    int semicolon = line.indexOf(';');
    String size = (semicolon < 0 ? line : line.substring(0, semicolon)).stripTrailing();
    if (size.isEmpty()
        || size.length() > 15
        || !size.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80)) {
      throw new HttpProtocolException("a chunk of the body has no valid size");
    }
    left = Long.parseLong(size, 16);
    if (left > 0) {
      return true;
    }
    for (int i = 0; i < TRAILERS_LIMIT; i++) {
      if (input.readLine(LINE_LIMIT).isEmpty()) {
        finish();
        return false;
      }
    }
    throw new HttpProtocolException("the body has too many trailers");
  }

  private void finish() {
    finished = true;
    atEnd.accept(true);
  }
}
