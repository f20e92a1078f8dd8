package dev.cairn.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a text is a JSON array and reads its strings. Whatever is not valid JSON is no
 * error here: it is the shell form.
 */
final class JsonWords {
  private static final int MAX_DEPTH = 50;

  private final String text;
  private int at;

  private JsonWords(String text) {
    this.text = text;
  }

  /** The array was valid JSON, but not of strings only. */
  static final class NotStringsException extends IllegalArgumentException {
    NotStringsException() {
      super("when using JSON array syntax, arrays must be comprised of strings only");
    }
  }

  /** Valid JSON ends here; carries no stack because it only steers. */
  private static final class NotJsonException extends RuntimeException {
    NotJsonException() {
      super("not JSON", null, false, false);
    }
  }

  static Optional<List<String>> read(String text) {
    String trimmed = dev.cairn.dockerfile.words.Blanks.trimLeft(text);
    if (!trimmed.startsWith("[")) {
      return Optional.empty();
    }
    var reader = new JsonWords(trimmed);
    var words = new ArrayList<String>();
    boolean onlyStrings;
    try {
      onlyStrings = reader.array(words, 0);
      reader.blanks();
      if (reader.at != trimmed.length()) {
        return Optional.empty();
      }
    } catch (NotJsonException e) {
      return Optional.empty();
    }
    if (!onlyStrings) {
      throw new NotStringsException();
    }
    return Optional.of(List.copyOf(words));
  }

  private boolean array(List<String> words, int depth) {
    boolean onlyStrings = true;
    take('[');
    blanks();
    if (peek() == ']') {
      at++;
      return true;
    }
    while (true) {
      blanks();
      if (peek() == '"') {
        words.add(string());
      } else {
        onlyStrings = false;
        value(depth + 1);
      }
      blanks();
      if (peek() != ',') {
        take(']');
        return onlyStrings;
      }
      at++;
    }
  }

  private void value(int depth) {
    if (depth > MAX_DEPTH) {
      throw new NotJsonException();
    }
    switch (peek()) {
      case '"' -> string();
      case '[' -> array(new ArrayList<>(), depth);
      case '{' -> object(depth);
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      default -> number();
    }
  }

  private void object(int depth) {
    take('{');
    blanks();
    if (peek() == '}') {
      at++;
      return;
    }
    while (true) {
      blanks();
      string();
      blanks();
      take(':');
      blanks();
      value(depth + 1);
      blanks();
      if (peek() != ',') {
        take('}');
        return;
      }
      at++;
    }
  }

  private void literal(String word) {
    if (!text.startsWith(word, at)) {
      throw new NotJsonException();
    }
    at += word.length();
  }

  private void number() {
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (peek() == '.') {
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
  }

  private void digits() {
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    if (at == start) {
      throw new NotJsonException();
    }
  }

  private String string() {
    take('"');
    var out = new StringBuilder();
    while (true) {
      char ch = peek();
      if (ch < 0x20) {
        throw new NotJsonException();
      }
      at++;
      if (ch == '"') {
        return out.toString();
      }
      out.append(ch == '\\' ? escaped() : ch);
    }
  }

  private char escaped() {
    char ch = peek();
    at++;
    return switch (ch) {
      case '"', '\\', '/' -> ch;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw new NotJsonException();
    };
  }

  private char unicode() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0 || peek() > 0x7F) {
        throw new NotJsonException();
      }
      value = value * 16 + digit;
      at++;
    }
    return (char) value;
  }

  private void blanks() {
    while (" \t\r\n".indexOf(peek()) >= 0) {
      at++;
    }
  }

  private void take(char wanted) {
    if (peek() != wanted) {
      throw new NotJsonException();
    }
    at++;
  }

  /** The next character; NUL, which no JSON contains, at the end. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }
}
