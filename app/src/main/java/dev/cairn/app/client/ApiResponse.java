package dev.cairn.app.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** An answer of the server; its body is read from the connection, which {@link #close} ends. */
public final class ApiResponse implements AutoCloseable {
  private static final int MOST_TEXT = 64 << 20;

  private final int status;
  private final Map<String, String> headers;
  private final InputStream body;
  private final AutoCloseable connection;

  ApiResponse(int status, Map<String, String> headers, InputStream body, AutoCloseable connection) {
    this.status = status;
    this.headers = Map.copyOf(headers);
    this.body = body;
    this.connection = connection;
  }

  /** The status code. */
  public int status() {
    return status;
  }

  /** A header by its lower-case name. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** The body as it arrives. */
  public InputStream body() {
    return body;
  }

  /**
   * The whole body as text.
   *
   * @throws IOException if it is longer than 64 MiB or breaks off
   */
  public String text() throws IOException {
    byte[] bytes = body.readNBytes(MOST_TEXT + 1);
    if (bytes.length > MOST_TEXT) {
      throw new IOException("the server's answer is longer than 64 MiB");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the connection could not be closed", e);
    }
  }
}
