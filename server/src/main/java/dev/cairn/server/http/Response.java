package dev.cairn.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;

/** The one response to a request. */
public final class Response {
  private final ServerResponse server;
  private final boolean head;
  private final Patience patience;
  private int status;
  private boolean started;

  Response(ServerResponse server, boolean head, Patience patience) {
    this.server = server;
    this.head = head;
    this.patience = patience;
  }

  /** Sets a header. */
  public Response header(String name, String value) {
    server.headers().set(HeaderNames.create(name), value);
    return this;
  }

  /** Sends a value as JSON. */
  public void json(int code, Object value) {
    bytes(code, "application/json", Json.STRICT.writeValueAsBytes(value));
  }

  /** Sends a text. */
  public void text(int code, String contentType, String text) {
    bytes(code, contentType, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends bytes. To a HEAD request only their length is sent. */
  public void bytes(int code, String contentType, byte[] body) {
    header("Content-Type", contentType);
    header("Content-Length", Integer.toString(body.length));
    begin(code);
    server.send(head ? new byte[0] : body);
  }

  /** Sends headers alone. */
  public void empty(int code) {
    if (code != 204 && code != 304) {
      header("Content-Length", "0");
    }
    begin(code);
    server.send();
  }

  /** Answers a HEAD request: the headers of a body of this length. */
  public void head(int code, String contentType, long length) {
    header("Content-Type", contentType);
    header("Content-Length", Long.toString(length));
    begin(code);
    server.send(new byte[0]);
  }

  /** Writes a body as it comes. */
  @FunctionalInterface
  public interface Body {
    /** Writes everything; what is written may wait in a buffer until it is flushed. */
    void writeTo(OutputStream out) throws IOException, InterruptedException;
  }

  /**
   * Sends a body that is written as it comes. If the writing fails, the connection is cut instead
   * of ended, so that nobody takes the part for the whole.
   *
   * @param length the number of bytes, if it is known
   */
  public void stream(int code, String contentType, OptionalLong length, Body body)
      throws IOException, InterruptedException {
    header("Content-Type", contentType);
    length.ifPresent(bytes -> header("Content-Length", Long.toString(bytes)));
    begin(code);
    if (head) {
      server.send(new byte[0]);
      return;
    }
    var out = new ClientStream(server.outputStream(), patience);
    body.writeTo(out);
    out.close();
  }

  /** Whether status and headers are under way, so that no error can be sent any more. */
  boolean started() {
    return started;
  }

  /** The status sent; 0 before. */
  int status() {
    return status;
  }

  long bytesWritten() {
    return started ? server.bytesWritten() : 0;
  }

  /** The connection ends with this response. */
  void closeConnection() {
    server.headers().set(HeaderValues.CONNECTION_CLOSE);
  }

  private void begin(int code) {
    if (started) {
      throw new IllegalStateException("the response was already sent");
    }
    started = true;
    status = code;
    server.status(Status.create(code));
  }

  /** A client that went away is an IOException, whatever the web server makes of it. */
  private static final class ClientStream extends OutputStream {
    private final OutputStream out;
    private final Patience patience;

    ClientStream(OutputStream out, Patience patience) {
      this.out = out;
      this.patience = patience;
    }

    private interface Writing {
      void run() throws IOException;
    }

    private void send(Writing writing) throws IOException {
      patience.writeBegins();
      try {
        writing.run();
      } catch (UncheckedIOException e) {
        throw new IOException("the client went away", e);
      } finally {
        patience.writeEnds();
      }
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      // The web server sends the whole array where an offset is given and the length is known.
      byte[] piece = offset == 0 ? bytes : Arrays.copyOfRange(bytes, offset, offset + length);
      send(() -> out.write(piece, 0, length));
    }

    @Override
    public void flush() throws IOException {
      send(out::flush);
    }

    @Override
    public void close() throws IOException {
      send(out::close);
    }
  }
}
