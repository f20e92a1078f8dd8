package dev.cairn.dockerfile;

import dev.cairn.dockerfile.words.Expander;
import dev.cairn.dockerfile.words.ExpansionException;
import dev.cairn.dockerfile.words.Variables;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A heredoc: its head as found in a line, and its body, with line ends as written.
 *
 * @param expand no part of the delimiter was quoted
 * @param chomp written {@code <<-}
 */
record Heredoc(String name, boolean expand, boolean chomp, String body) {
  /** The heredocs a line announces; none if its quotes do not balance. */
  static List<Heredoc> in(String line) {
    var heads = new ArrayList<Heredoc>();
    if (!line.contains("<<")) {
      return heads;
    }
    try {
      var scan = new Expander('\\', Expander.Mode.SCAN).expand(line, Variables.NONE);
      for (String word : scan.words()) {
        parse(word).ifPresent(heads::add);
      }
    } catch (ExpansionException e) {
      return List.of();
    }
    return heads;
  }

  /** Reads a head such as {@code 3<<-"EOF"}; empty if the word is none. */
  static Optional<Heredoc> parse(String word) {
    int at = 0;
    while (at < word.length() && word.charAt(at) >= '0' && word.charAt(at) <= '9') {
      at++;
    }
    if (!word.startsWith("<<", at)) {
      return Optional.empty();
    }
    at += 2;
    boolean chomp = word.startsWith("-", at);
    String rest = word.substring(chomp ? at + 1 : at);
    if (rest.isEmpty() || rest.indexOf('<') >= 0) {
      return Optional.empty();
    }
    try {
      // The delimiter counts without its quotes; if that changes it, it was quoted.
      var names = new Expander('\\', Expander.Mode.KEEP_UNSET).expand(rest, Variables.NONE);
      if (names.words().size() != 1) {
        return Optional.empty();
      }
      String name = names.words().getFirst();
      return Optional.of(new Heredoc(name, name.equals(rest), chomp, ""));
    } catch (ExpansionException e) {
      return Optional.empty();
    }
  }

  Heredoc withBody(String text) {
    return new Heredoc(name, expand, chomp, text);
  }

  /** The body, without leading tabs if so written. */
  String content() {
    if (!chomp) {
      return body;
    }
    var out = new StringBuilder(body.length());
    boolean lineStart = true;
    for (int i = 0; i < body.length(); i++) {
      char ch = body.charAt(i);
      if (!lineStart || ch != '\t') {
        out.append(ch);
        lineStart = ch == '\n';
      }
    }
    return out.toString();
  }
}
