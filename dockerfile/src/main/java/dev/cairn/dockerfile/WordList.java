package dev.cairn.dockerfile;

import dev.cairn.dockerfile.words.Blanks;
import java.util.ArrayList;
import java.util.List;

/** The two ways in which instructions split their arguments. */
final class WordList {
  private WordList() {}

  /** Splits at blanks; quotes do not group. */
  static List<String> atBlanks(String rest) {
    var words = new ArrayList<String>();
    int at = 0;
    while (at < rest.length()) {
      int end = at;
      while (end < rest.length() && !NodeReader.isSeparator(rest.charAt(end))) {
        end++;
      }
      if (end > at) {
        words.add(rest.substring(at, end));
      }
      at = end + 1;
    }
    return words;
  }

  /** Splits at blanks outside quotes; quotes and escapes stay in the words. */
  static List<String> quoted(String rest, char escape) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    char quote = 0;
    for (int at = 0; at < rest.length(); at++) {
      char ch = rest.charAt(at);
      if (quote == 0 && Blanks.isBlank(ch)) {
        flush(words, word);
      } else if (ch == escape && quote != '\'') {
        // An escape at the very end is dropped.
        if (at + 1 < rest.length()) {
          word.append(ch).append(rest.charAt(++at));
        }
      } else {
        if (quote == 0 && (ch == '\'' || ch == '"')) {
          quote = ch;
        } else if (ch == quote) {
          quote = 0;
        }
        word.append(ch);
      }
    }
    flush(words, word);
    return words;
  }

  private static void flush(List<String> words, StringBuilder word) {
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }
}
