package dev.cairn.dockerfile.ignore;

import java.util.ArrayList;
import java.util.List;

/** Reads the text of a pattern. */
final class GlobReader {
  private final String pattern;
  private final boolean doubleStar;
  private final List<GlobToken> tokens = new ArrayList<>();
  private int at;

  GlobReader(String pattern, boolean doubleStar) {
    this.pattern = pattern;
    this.doubleStar = doubleStar;
  }

  List<GlobToken> read() {
    while (at < pattern.length()) {
      int ch = next();
      switch (ch) {
        case '*' -> star();
        case '?' -> tokens.add(new GlobToken.AnyOne());
        case '[' -> bracket();
        default -> tokens.add(new GlobToken.Literal(ch == '\\' ? escaped() : ch));
      }
    }
    return List.copyOf(tokens);
  }

  private void star() {
    if (!doubleStar || !pattern.startsWith("*", at)) {
      tokens.add(new GlobToken.AnyRun());
      return;
    }
    while (pattern.startsWith("*", at)) {
      at++;
    }
    boolean slash = pattern.startsWith("/", at);
    if (slash) {
      at++;
    }
    var token = new GlobToken.AnyDepth(slash);
    // "**/**/" means no more than "**/".
    if (!slash || tokens.isEmpty() || !tokens.getLast().equals(token)) {
      tokens.add(token);
    }
  }

  private void bracket() {
    boolean negated = pattern.startsWith("^", at);
    if (negated) {
      at++;
    }
    var ranges = new ArrayList<GlobToken.Range>();
    while (ranges.isEmpty() || !pattern.startsWith("]", at)) {
      int low = member();
      int high = low;
      if (pattern.startsWith("-", at)) {
        at++;
        high = member();
      }
      ranges.add(new GlobToken.Range(low, high));
    }
    at++;
    tokens.add(new GlobToken.OneOf(ranges, negated));
  }

  private int member() {
    if (at >= pattern.length() || pattern.charAt(at) == '-' || pattern.charAt(at) == ']') {
      throw malformed();
    }
    int ch = next();
    return ch == '\\' ? escaped() : ch;
  }

  private int escaped() {
    if (at >= pattern.length()) {
      throw malformed();
    }
    return next();
  }

  private int next() {
    int ch = pattern.codePointAt(at);
    at += Character.charCount(ch);
    return ch;
  }

  private IllegalArgumentException malformed() {
    return new IllegalArgumentException("syntax error in pattern \"" + pattern + "\"");
  }
}
