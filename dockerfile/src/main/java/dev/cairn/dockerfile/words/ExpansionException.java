package dev.cairn.dockerfile.words;

/** A word that cannot be expanded. */
public final class ExpansionException extends IllegalArgumentException {
  private final boolean quote;

  ExpansionException(String sentence, boolean quote) {
    super(sentence);
    this.quote = quote;
  }

  static ExpansionException substitution(String sentence) {
    return new ExpansionException(sentence, false);
  }

  /** True for an unclosed quote, false for a bad substitution. */
  public boolean isQuote() {
    return quote;
  }

  ExpansionException in(String word) {
    String shown = word.length() > 200 ? word.substring(0, 200) + "..." : word;
    return new ExpansionException("failed to process \"" + shown + "\": " + getMessage(), quote);
  }
}
