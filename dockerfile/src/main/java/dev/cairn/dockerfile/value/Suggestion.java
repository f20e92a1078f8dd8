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

  /** Edit distance in which two swapped neighbours count once. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          cost[i][j] = Math.min(cost[i][j], 1 + cost[i - 2][j - 2]);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
