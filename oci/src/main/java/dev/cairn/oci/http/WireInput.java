package dev.cairn.oci.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * The receiving side of a connection: one small buffer, an idle limit, and a deadline that slow
 * drops cannot stretch.
 */
final class WireInput {

  private final Socket socket;
  private final InputStream in;
  private final long idleNanos;
  private final byte[] buffer = new byte[16 * 1024];
  private int position;
  private int end;
  private long deadline;
  private boolean received;

  WireInput(Socket socket, Duration idle) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.idleNanos = idle.toNanos();
  }

  /**
   * Starts a new answer: nothing received yet, all reads end at this {@link System#nanoTime} value.
   */
  void startAnswer(long newDeadline) {
    deadline = newDeadline;
    received = false;
  }

  /** Moves the deadline, when the header is complete and the body may take longer. */
  void extendTo(long newDeadline) {
    deadline = newDeadline;
  }

  /** Whether any byte of the current answer came. */
  boolean received() {
    return received;
  }

  boolean hasBuffered() {
    return position < end;
  }

  /** The next byte, or -1 at the end of the connection. */
  int read() throws IOException {
    if (position == end && !fill()) {
      return -1;
    }
    return buffer[position++] & 0xff;
  }

  /** Up to {@code length} bytes, at least one, or -1 at the end of the connection. */
  int read(byte[] target, int offset, int length) throws IOException {
    if (position == end) {
      if (length >= buffer.length) {
        return receive(target, offset, length);
      }
      if (!fill()) {
        return -1;
      }
    }
    int count = Math.min(length, end - position);
    System.arraycopy(buffer, position, target, offset, count);
    position += count;
    return count;
  }

  /**
   * A line without its CR LF, in ISO 8859-1; a line of more than {@code limit} bytes is an error.
   */
  String readLine(int limit) throws IOException {
    byte[] line = new byte[Math.min(limit, 256)];
    int length = 0;
    while (true) {
      int b = read();
      if (b < 0) {
        throw new EOFException("the connection ended inside an HTTP header");
      }
      if (b == '\n') {
        // A bare LF is accepted at no place: what others take for one line we must not take for
        // two.
        if (length == 0 || line[length - 1] != '\r') {
          throw new HttpProtocolException("an HTTP header line does not end in CR LF");
        }
        return new String(line, 0, length - 1, StandardCharsets.ISO_8859_1);
      }
      if (length == limit) {
        throw new HttpProtocolException("an HTTP header line is longer than " + limit + " bytes");
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, Math.min(limit, length * 2));
      }
      line[length++] = (byte) b;
    }
  }

  /** Whether an idle connection is still open and silent. */
  boolean isQuiet() {
    if (hasBuffered()) {
      return false;
    }
    try {
      socket.setSoTimeout(1);
      in.read();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean fill() throws IOException {
    position = 0;
    end = Math.max(receive(buffer, 0, buffer.length), 0);
    return end > 0;
  }

  private int receive(byte[] target, int offset, int length) throws IOException {
    long left = Math.min(deadline - System.nanoTime(), idleNanos);
    if (left <= 0) {
      throw new SocketTimeoutException("the answer took too long");
    }
    socket.setSoTimeout((int) Math.max(1, Math.min(left / 1_000_000, Integer.MAX_VALUE)));
    int count = in.read(target, offset, length);
    received |= count > 0;
    return count;
  }
}
