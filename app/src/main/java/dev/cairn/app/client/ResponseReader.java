package dev.cairn.app.client;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Reads the head of an HTTP/1.1 answer and frames its body (RFC 9112, sections 4 to 7). */
final class ResponseReader {
  private static final int MOST_LINE = 16 << 10;
  private static final int MOST_HEADERS = 200;

  private final InputStream in;

  ResponseReader(InputStream in) {
    this.in = in;
  }

  /**
   * Reads the head.
   *
   * @param bodiless whether the request was a HEAD, whose answer has no body
   */
  ApiResponse read(AutoCloseable connection, boolean bodiless) throws IOException {
    int status = status();
    while (status >= 100 && status < 200) {
      headers();
      status = status();
    }
    Map<String, String> headers = headers();
    InputStream body = bodiless ? InputStream.nullInputStream() : body(status, headers);
    return new ApiResponse(status, headers, body, connection);
  }

  private int status() throws IOException {
    String line = line();
    if (!line.startsWith("HTTP/1.") || line.length() < 12) {
      throw new IOException("what answered is no HTTP server: " + line);
    }
    try {
      return Integer.parseInt(line.substring(9, 12));
    } catch (NumberFormatException e) {
      throw new IOException("what answered is no HTTP server: " + line, e);
    }
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon <= 0 || headers.size() >= MOST_HEADERS) {
        throw new IOException("the server's answer has bad headers");
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return headers;
  }

  private InputStream body(int status, Map<String, String> headers) throws IOException {
    if (status == 204 || status == 304) {
      return InputStream.nullInputStream();
    }
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      return new Chunked();
    }
    String length = headers.get("content-length");
    return length == null ? in : new Exactly(in, number(length));
  }

  private static long number(String length) throws IOException {
    if (!length.matches("[0-9]{1,18}")) {
      throw new IOException("the server's answer has a bad length");
    }
    return Long.parseLong(length);
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection without an answer");
      }
      if (line.length() >= MOST_LINE) {
        throw new IOException("the server's answer has a line longer than 16 KiB");
      }
      line.append((char) c);
    }
    if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    return line.toString();
  }

  /** A body of known length; ending earlier is an error. */
  private static final class Exactly extends FilterInputStream {
    private long left;

    Exactly(InputStream in, long length) {
      super(in);
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int from, int most) throws IOException {
      if (left == 0) {
        return -1;
      }
      int count = super.read(to, from, (int) Math.min(most, left));
      if (count < 0) {
        throw new EOFException("the server's answer broke off " + left + " bytes before its end");
      }
      left -= count;
      return count;
    }
  }

  /** A body in chunks. */
  private final class Chunked extends InputStream {
    private long left;
    private boolean ended;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int from, int most) throws IOException {
      if (left == 0 && !ended) {
        nextChunk();
      }
      if (ended) {
        return -1;
      }
      int count = in.read(to, from, (int) Math.min(most, left));
      if (count < 0) {
        throw new EOFException("the server's answer broke off");
      }
      left -= count;
      if (left == 0) {
        line();
      }
      return count;
    }

    private void nextChunk() throws IOException {
      String size = line();
      int semicolon = size.indexOf(';');
      try {
        left =
            Long.parseUnsignedLong(
                (semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
      } catch (NumberFormatException e) {
        throw new IOException("the server's answer has a bad chunk", e);
      }
      if (left < 0) {
        throw new IOException("the server's answer has a bad chunk");
      }
      if (left == 0) {
        ended = true;
        headers();
      }
    }
  }
}
