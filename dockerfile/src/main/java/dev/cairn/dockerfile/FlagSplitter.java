package dev.cairn.dockerfile;

import dev.cairn.dockerfile.words.Blanks;
import java.util.ArrayList;
import java.util.List;

/** Takes the leading {@code --name=value} words off the arguments of an instruction. */
final class FlagSplitter {
  private final String line;
  private final List<String> flags = new ArrayList<>();
  private int at;

  private FlagSplitter(String line) {
    this.line = line;
  }

  /** Flags in order, and what follows them. */
  record Split(List<String> flags, String rest) {}

  static Split split(String line) {
    var splitter = new FlagSplitter(line);
    int rest = splitter.scan();
    return new Split(splitter.flags, Blanks.trim(line.substring(rest)));
  }

  private int scan() {
    while (true) {
      while (at < line.length() && Blanks.isBlank(line.charAt(at))) {
        at++;
      }
      if (!line.startsWith("--", at)) {
        return at;
      }
      String word = word();
      if (word.equals("--")) {
        return at;
      }
      flags.add(word);
    }
  }

  /** Reads one word; quotes group and vanish, a backslash keeps the next character. */
  private String word() {
    var word = new StringBuilder();
    char quote = 0;
    for (; at < line.length(); at++) {
      char ch = line.charAt(at);
      if (quote == 0 && Blanks.isBlank(ch)) {
        break;
      }
      if (ch == '\\') {
        if (at + 1 < line.length()) {
          word.append(line.charAt(++at));
        }
      } else if (quote == 0 && (ch == '\'' || ch == '"')) {
        quote = ch;
      } else if (ch == quote) {
        quote = 0;
      } else {
        word.append(ch);
      }
    }
    return word.toString();
  }
}
