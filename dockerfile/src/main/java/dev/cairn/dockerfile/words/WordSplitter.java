package dev.cairn.dockerfile.words;

import java.util.ArrayList;
import java.util.List;

/** Collects characters into words, splitting at blanks that are not quoted. */
final class WordSplitter {
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();

  /** Adds a character that ends the word if it is blank. */
  void add(int ch) {
    if (Blanks.isBlank(ch)) {
      finish();
    } else {
      word.appendCodePoint(ch);
    }
  }

  /** Adds the value of a variable, which splits like plain text. */
  void addSplit(String text) {
    text.codePoints().forEach(this::add);
  }

  /** Adds quoted or escaped text. */
  void addWhole(String text) {
    word.append(text);
  }

  List<String> words() {
    finish();
    return List.copyOf(words);
  }

  private void finish() {
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }
}
