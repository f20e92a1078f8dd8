package dev.cairn.oci.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Locale;

/** Status line and header fields of an answer, read strictly (RFC 9112, sections 4 and 5). */
record AnswerHead(int status, Headers headers, boolean keepAlive) {

  private static final int LINE_LIMIT = 16 * 1024;
  private static final int FIELDS_LIMIT = 200;

  /** Reads the head; more than {@code limit} bytes are an error. */
  static AnswerHead read(WireInput input, int limit) throws IOException {
    String line = input.readLine(LINE_LIMIT);
    int left = limit - line.length();
    boolean oldVersion = line.startsWith("HTTP/1.0 ");
    boolean good =
        (oldVersion || line.startsWith("HTTP/1.1 "))
            && line.length() >= 12
            && (line.length() == 12 || line.charAt(12) == ' ')
            && line.substring(9, 12).chars().allMatch(c -> c >= '0' && c <= '9');
    if (!good) {
      throw new HttpProtocolException("the answer is not HTTP/1.1");
    }
    int status = Integer.parseInt(line.substring(9, 12));
    var fields = new ArrayList<Headers.Field>();
    while (true) {
      String field = input.readLine(LINE_LIMIT);
      if (field.isEmpty()) {
        var headers = new Headers(fields);
        return new AnswerHead(status, headers, keepAlive(headers, oldVersion));
      }
      left -= field.length();
      if (left < 0 || fields.size() == FIELDS_LIMIT) {
        throw new HttpProtocolException("the answer's header is larger than " + limit + " bytes");
      }
      fields.add(field(field));
    }
  }

  private static Headers.Field field(String line) throws HttpProtocolException {
    int colon = line.indexOf(':');
    try {
      // A folded line, or a space before the colon, fails here as a bad name.
      return new Headers.Field(
          line.substring(0, Math.max(colon, 0)), line.substring(colon + 1).strip());
    } catch (IllegalArgumentException e) {
      throw new HttpProtocolException("the answer has a malformed header field");
    }
  }

  private static boolean keepAlive(Headers headers, boolean oldVersion) {
    String connection = String.join(",", headers.all("Connection")).toLowerCase(Locale.ROOT);
    return !oldVersion && !connection.contains("close");
  }
}
