package dev.cairn.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A body of {@code application/x-www-form-urlencoded}. */
public final class FormBody {
  private FormBody() {}

  /**
   * Reads the fields; of repeated ones the last.
   *
   * @throws ApiException 413 if it is larger than {@code most} bytes
   */
  public static Map<String, String> read(InputStream body, long most) throws IOException {
    byte[] bytes = body.readNBytes((int) most + 1);
    if (bytes.length > most) {
      throw LimitedBody.tooLarge(most);
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : new String(bytes, StandardCharsets.US_ASCII).split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        fields.put(
            PercentDecoder.query(pair.substring(0, equals)),
            PercentDecoder.query(pair.substring(equals + 1)));
      }
    }
    return fields;
  }
}
