package dev.cairn.server.cairn;

import dev.cairn.server.http.Request;

/** How many items a page has. */
final class Paging {
  private static final int MOST = 1000;

  private Paging() {}

  /** The query's {@code limit}, 1 to 1000. */
  static int limit(Request request, int otherwise) {
    String text = request.query("limit").orElse(Integer.toString(otherwise));
    if (!text.matches("[1-9][0-9]{0,3}") || Integer.parseInt(text) > MOST) {
      throw Field.invalid("limit", "is 1 to " + MOST);
    }
    return Integer.parseInt(text);
  }
}
