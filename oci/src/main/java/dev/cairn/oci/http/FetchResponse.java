package dev.cairn.oci.http;

import java.io.IOException;
import java.io.InputStream;

/**
 * An answer. Closing it gives the connection back if the body was read to its end, else ends the
 * connection.
 *
 * @param url where the answer came from, after redirects
 * @param body the bytes as sent, without transfer coding; a broken connection is an {@link
 *     IOException}, never an early end
 */
public record FetchResponse(int status, Headers headers, HttpUrl url, InputStream body)
    implements AutoCloseable {

  /** Whether the status is 2xx. */
  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Reads the whole body, which must have at most {@code limit} bytes. */
  public byte[] readBytes(int limit) throws IOException {
    byte[] bytes = body.readNBytes(limit);
    if (body.read() >= 0) {
      throw new HttpProtocolException(
          "answer of " + url.shown() + " has more than " + limit + " bytes");
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    body.close();
  }

  @Override
  public String toString() {
    return status + " from " + url.shown();
  }
}
