package dev.cairn.server.hypeman;

import dev.cairn.server.http.Request;

/**
 * The clients send creation again when its answer was lost, without a key, but they say that it is
 * a retry.
 */
final class Retries {
  private Retries() {}

  /** Whether the client says that it has sent this before. */
  static boolean isRetry(Request request) {
    return request
        .header("X-Stainless-Retry-Count")
        .filter(count -> count.matches("[1-9][0-9]{0,3}"))
        .isPresent();
  }
}
