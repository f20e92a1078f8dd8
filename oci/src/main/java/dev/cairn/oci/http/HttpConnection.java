package dev.cairn.oci.http;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/** One connection to one checked address; used by one exchange at a time. */
final class HttpConnection {

  private final Socket socket;
  private final WireInput input;
  private final OutputStream output;
  private final Timeouts timeouts;
  private volatile long deadline;
  private volatile long writingSince;
  private volatile boolean writing;
  private volatile long idleSince;

  HttpConnection(Socket socket, Timeouts timeouts) throws IOException {
    this.socket = socket;
    this.timeouts = timeouts;
    this.input = new WireInput(socket, timeouts.idle());
    this.output = new BufferedOutputStream(socket.getOutputStream(), 32 * 1024);
    this.deadline = System.nanoTime() + timeouts.connect().toNanos();
  }

  Socket socket() {
    return socket;
  }

  WireInput input() {
    return input;
  }

  Timeouts timeouts() {
    return timeouts;
  }

  /** Starts an exchange: the whole of it has to end in time. */
  void start() {
    deadline = System.nanoTime() + timeouts.total().toNanos();
    input.startAnswer(deadline);
  }

  long deadline() {
    return deadline;
  }

  void write(byte[] bytes, int offset, int length) throws IOException {
    writingSince = System.nanoTime();
    writing = true;
    try {
      output.write(bytes, offset, length);
    } finally {
      writing = false;
    }
  }

  void flush() throws IOException {
    writingSince = System.nanoTime();
    writing = true;
    try {
      output.flush();
    } finally {
      writing = false;
    }
  }

  /**
   * Whether the exchange is past its deadline, or the other side has not taken a byte for too long.
   */
  boolean isOverdue(long now) {
    return now - deadline > 0 || (writing && now - writingSince > timeouts.idle().toNanos());
  }

  void markIdle() {
    idleSince = System.nanoTime();
  }

  long idleNanos() {
    return System.nanoTime() - idleSince;
  }

  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing can be done about a connection that fails to close, and nobody waits for it any
      // more.
      writing = false;
    }
  }
}
