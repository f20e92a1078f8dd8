package dev.cairn.server.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A request cannot be served. The route's dialect turns it into a body of its own form; the message
 * is read by the caller, so it never holds a secret or an inner detail.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final LinkedHashMap<String, String> headers = new LinkedHashMap<>();

  /**
   * With a code of the dialect's own.
   *
   * @param status the HTTP status, 400 to 599
   * @param code the dialect's code; empty for the one that the dialect gives to the status
   * @param message what is wrong and what to do
   */
  public ApiException(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** With the code that the dialect gives to the status. */
  public ApiException(int status, String message) {
    this(status, "", message);
  }

  /** The same with a further response header. */
  public ApiException header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** The same with what lies beneath, for the operator's log only. */
  public ApiException cause(Throwable cause) {
    initCause(cause);
    return this;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The dialect's code, if one was named. */
  public Optional<String> code() {
    return code.isEmpty() ? Optional.empty() : Optional.of(code);
  }

  /** What the caller reads. */
  public String message() {
    return String.valueOf(getMessage());
  }

  /** Further response headers. */
  public Map<String, String> headers() {
    return Map.copyOf(headers);
  }
}
