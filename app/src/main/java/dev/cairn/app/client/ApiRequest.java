package dev.cairn.app.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A request to the server.
 *
 * @param method as on the wire
 * @param path with query, percent-encoded
 * @param headers further headers
 * @param body what is sent, if anything
 */
public record ApiRequest(
    String method, String path, Map<String, String> headers, Optional<Body> body) {

  public ApiRequest {
    headers = Map.copyOf(headers);
  }

  /** Bytes on their way to the server. */
  public interface Body {
    /** How many bytes {@link #writeTo} writes; -1 if that is not known before. */
    long length();

    /** Writes all of them. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** A GET. */
  public static ApiRequest get(String path) {
    return new ApiRequest("GET", path, Map.of(), Optional.empty());
  }

  /** A DELETE. */
  public static ApiRequest delete(String path) {
    return new ApiRequest("DELETE", path, Map.of(), Optional.empty());
  }

  /** A request with a JSON text. */
  public static ApiRequest json(String method, String path, String json) {
    return new ApiRequest(
        method,
        path,
        Map.of("Content-Type", "application/json"),
        Optional.of(bytes(json.getBytes(StandardCharsets.UTF_8))));
  }

  /** The same with another header. */
  public ApiRequest with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new ApiRequest(method, path, more, body);
  }

  /** The same with a body. */
  public ApiRequest with(Body content) {
    return new ApiRequest(method, path, headers, Optional.of(content));
  }

  /** A body of these bytes. */
  public static Body bytes(byte[] content) {
    return new Body() {
      @Override
      public long length() {
        return content.length;
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        out.write(content);
      }
    };
  }
}
