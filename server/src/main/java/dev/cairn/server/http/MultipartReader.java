package dev.cairn.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code multipart/form-data} (RFC 7578) as it arrives, part after part, without keeping any
 * of it: a part is consumed, or skipped by asking for the next one. Buffers 64 KiB.
 */
public final class MultipartReader {
  private static final int BUFFER = 64 << 10;
  private static final int MOST_HEADER_BYTES = 16 << 10;

  private final InputStream in;
  private final byte[] delimiter;
  private final byte[] buffer = new byte[BUFFER];
  private int from;
  private int to;
  private PartStream current = new PartStream();
  private boolean finished;

  /**
   * Begins to read.
   *
   * @param in the body
   * @param contentType the header that names the boundary
   * @throws MultipartException if it does not
   */
  public MultipartReader(InputStream in, String contentType) throws MultipartException {
    this.in = in;
    this.delimiter = ("\r\n--" + boundary(contentType)).getBytes(StandardCharsets.ISO_8859_1);
    // The first delimiter need not follow a line end; giving it one makes all delimiters equal.
    buffer[0] = '\r';
    buffer[1] = '\n';
    to = 2;
  }

  /**
   * One field of the form.
   *
   * @param name the field's name
   * @param filename the file's name, if one was sent
   * @param content the value; valid until the next part is asked for
   */
  public record Part(String name, Optional<String> filename, InputStream content) {}

  /**
   * The next part; nothing after the closing delimiter.
   *
   * @throws MultipartException if the body is malformed or ends too early
   */
  public Optional<Part> next() throws IOException {
    if (finished) {
      return Optional.empty();
    }
    current.skipRest();
    from += delimiter.length;
    if (startsClosing()) {
      finished = true;
      return Optional.empty();
    }
    String disposition = headers().getOrDefault("content-disposition", "");
    var parameters = new HeaderParameters(disposition);
    if (!parameters.value().equals("form-data")) {
      throw new MultipartException("a part lacks Content-Disposition: form-data");
    }
    String name =
        parameters
            .get("name")
            .orElseThrow(() -> new MultipartException("a part of the form has no name"));
    current = new PartStream();
    return Optional.of(new Part(name, parameters.get("filename"), current));
  }

  private boolean startsClosing() throws IOException {
    int first = one();
    while (first == ' ' || first == '\t') {
      first = one();
    }
    int second = one();
    if (first == '-' && second == '-') {
      return true;
    }
    if (first != '\r' || second != '\n') {
      throw new MultipartException("a boundary of the form is not followed by a line end");
    }
    return false;
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> all = new HashMap<>();
    int left = MOST_HEADER_BYTES;
    while (true) {
      var line = new ByteArrayOutputStream();
      int c;
      while ((c = one()) != '\n') {
        if (--left < 0) {
          throw new MultipartException("a part's headers are larger than 16 KiB");
        }
        line.write(c);
      }
      String text = line.toString(StandardCharsets.UTF_8).strip();
      if (text.isEmpty()) {
        return all;
      }
      int colon = text.indexOf(':');
      if (colon <= 0) {
        throw new MultipartException("a part has a malformed header");
      }
      all.putIfAbsent(
          text.substring(0, colon).strip().toLowerCase(Locale.ROOT),
          text.substring(colon + 1).strip());
    }
  }

  private int one() throws IOException {
    if (from == to && !fill()) {
      throw ended();
    }
    return buffer[from++] & 0xFF;
  }

  /** Moves what is left to the front and reads more; false at the end of the body. */
  private boolean fill() throws IOException {
    System.arraycopy(buffer, from, buffer, 0, to - from);
    to -= from;
    from = 0;
    int count = in.read(buffer, to, BUFFER - to);
    if (count < 0) {
      return false;
    }
    to += count;
    return true;
  }

  private static MultipartException ended() {
    return new MultipartException("the form ends before its closing boundary");
  }

  private static String boundary(String contentType) throws MultipartException {
    var parameters = new HeaderParameters(contentType);
    if (!parameters.value().equals("multipart/form-data")) {
      throw new MultipartException("the body must be multipart/form-data");
    }
    String boundary =
        parameters
            .get("boundary")
            .orElseThrow(() -> new MultipartException("the Content-Type names no boundary"));
    if (boundary.isEmpty() || boundary.length() > 256) {
      throw new MultipartException("the boundary has 1 to 256 characters");
    }
    return boundary;
  }

  /** The content of the current part: everything up to the next delimiter. */
  private final class PartStream extends InputStream {
    private boolean ended;

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int ready;
      while ((ready = ready()) == 0) {
        if (ended) {
          return -1;
        }
        if (!fill()) {
          throw ended();
        }
      }
      int count = Math.min(ready, length);
      System.arraycopy(buffer, from, into, offset, count);
      from += count;
      return count;
    }

    /** How many bytes at the front of the buffer surely belong to this part. */
    private int ready() {
      if (ended) {
        return 0;
      }
      for (int i = from; i < to; i++) {
        if (buffer[i] == '\r') {
          int same = 1;
          while (same < delimiter.length && i + same < to && buffer[i + same] == delimiter[same]) {
            same++;
          }
          if (same == delimiter.length) {
            ended = i == from;
            return i - from;
          }
          if (i + same == to) {
            return i - from;
          }
        }
      }
      return to - from;
    }

    private void skipRest() throws IOException {
      var scratch = new byte[8192];
      while (read(scratch, 0, scratch.length) >= 0) {}
    }
  }
}
