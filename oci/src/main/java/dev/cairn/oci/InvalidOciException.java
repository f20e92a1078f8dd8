package dev.cairn.oci;

/**
 * Text or bytes that break an OCI or Docker format; the message says what is wrong and what would
 * be right.
 */
public final class InvalidOciException extends IllegalArgumentException {

  /** An error with a sentence for the user. */
  public InvalidOciException(String message) {
    super(message);
  }

  /** An error with a sentence for the user and the parser's own error as its cause. */
  public InvalidOciException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Shortens and escapes hostile text so that it can stand in a message. */
  static String quote(String text) {
    var shown = new StringBuilder("\"");
    int end = Math.min(text.length(), 80);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
        shown.append(String.format("\\u%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    return shown.append(end < text.length() ? "…\"" : "\"").toString();
  }
}
