package dev.cairn.dockerfile;

import java.util.ArrayList;
import java.util.List;

/**
 * One record of comma-separated values; a field may be quoted as a whole, with {@code ""} inside.
 */
final class Csv {
  private Csv() {}

  static List<String> fields(String text) {
    var fields = new ArrayList<String>();
    int at = 0;
    while (true) {
      var field = new StringBuilder();
      if (at < text.length() && text.charAt(at) == '"') {
        at = quoted(text, at + 1, field);
      } else {
        int end = text.indexOf(',', at);
        end = end < 0 ? text.length() : end;
        field.append(text, at, end);
        if (field.indexOf("\"") >= 0) {
          throw new IllegalArgumentException("failed to parse csv: bare \" in non-quoted field");
        }
        at = end;
      }
      fields.add(field.toString());
      if (at >= text.length()) {
        return fields;
      }
      if (text.charAt(at) != ',') {
        throw new IllegalArgumentException("failed to parse csv: extraneous \" in field");
      }
      at++;
    }
  }

  private static int quoted(String text, int start, StringBuilder field) {
    int at = start;
    while (at < text.length()) {
      char ch = text.charAt(at++);
      if (ch != '"') {
        field.append(ch);
      } else if (at < text.length() && text.charAt(at) == '"') {
        field.append('"');
        at++;
      } else {
        return at;
      }
    }
    throw new IllegalArgumentException("failed to parse csv: unclosed \"");
  }
}
