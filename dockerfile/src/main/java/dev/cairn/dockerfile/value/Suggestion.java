package dev.cairn.dockerfile.value;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what someone probably meant: the nearest word at an edit distance of one or two. */
public final class Suggestion {
  private static final int TOO_FAR = 3;
  private static final int LONGEST = 64;

  private Suggestion() {}

  /** The nearest option, ignoring case; empty if none is near or the word is one of them. */
  public static Optional<String> nearest(String word, Collection<String> options) {
    if (word.length() > LONGEST || options.contains(word)) {
      return Optional.empty();
    }
    String wanted = word.toLowerCase(Locale.ROOT);
    Optional<String> best = Optional.empty();
    int least = TOO_FAR;
    for (String option : options) {
      if (Math.abs(option.length() - word.length()) < least) {
        int distance = distance(wanted, option.toLowerCase(Locale.ROOT));
        if (distance < least) {
          least = distance;
          best = Optional.of(option);
        }
      }
    }
    return best;
  }

  /** {@code " (did you mean X?)"}, or nothing. */
  public static String hint(String word, Collection<String> options) {
    return nearest(word, options).map(found -> " (did you mean " + found + "?)").orElse("");
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
