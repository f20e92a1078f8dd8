package dev.cairn.dockerfile.words;

import java.util.BitSet;

/**
 * A pattern of {@code ${v#p}} and {@code ${v/p/r}}: {@code *} and {@code ?} only, no brackets.
 * Matching walks a set of pattern positions along the text, so its cost is bounded by the product
 * of both lengths; neither wildcard matches a newline.
 */
final class ShellPattern {
  private static final int ANY_RUN = -1;
  private static final int ANY_ONE = -2;

  private final int[] tokens;
  private final WorkBudget budget;

  private ShellPattern(int[] tokens, WorkBudget budget) {
    this.tokens = tokens;
    this.budget = budget;
  }

  static ShellPattern parse(String pattern, WorkBudget budget) {
    var tokens = java.util.stream.IntStream.builder();
    int[] chars = pattern.codePoints().toArray();
    for (int i = 0; i < chars.length; i++) {
      switch (chars[i]) {
        case '*' -> tokens.add(ANY_RUN);
        case '?' -> tokens.add(ANY_ONE);
        case '\\' -> {
          i++;
          // A brace or slash needs its backslash only to get through ${...}.
          if (i >= chars.length || "*?\\}/".indexOf(chars[i]) < 0) {
            String found = i < chars.length ? Character.toString(chars[i]) : "";
            throw ExpansionException.substitution(
                "invalid pattern ("
                    + pattern
                    + ") in substitution: invalid escape '\\"
                    + found
                    + "'");
          }
          tokens.add(chars[i]);
        }
        default -> tokens.add(chars[i]);
      }
    }
    return new ShellPattern(tokens.build().toArray(), budget);
  }

  String stripPrefix(String value, boolean longest) {
    int[] text = value.codePoints().toArray();
    int end = matchEnd(text, 0, longest);
    return end < 0 ? value : new String(text, end, text.length - end);
  }

  String stripSuffix(String value, boolean longest) {
    int[] text = reversed(value.codePoints().toArray());
    int end = new ShellPattern(reversed(tokens), budget).matchEnd(text, 0, longest);
    if (end < 0) {
      return value;
    }
    return new String(reversed(text), 0, text.length - end);
  }

  String replace(String value, String replacement, boolean all) {
    int[] text = value.codePoints().toArray();
    var out = new StringBuilder();
    int from = 0;
    boolean afterMatch = false;
    while (from <= text.length) {
      int end = matchEnd(text, from, true);
      boolean counts = end > from || (end == from && !afterMatch);
      if (counts) {
        out.append(replacement);
        if (out.length() > Expander.MAX_RESULT) {
          throw ExpansionException.substitution("the expanded text is too long");
        }
      }
      if (counts && !all) {
        from = end;
        break;
      }
      if (end > from) {
        from = end;
        afterMatch = true;
      } else if (from < text.length) {
        out.appendCodePoint(text[from++]);
        afterMatch = false;
      } else {
        break;
      }
    }
    return out.append(new String(text, from, text.length - from)).toString();
  }

  /** End of the shortest or longest match that starts at {@code from}, or -1. */
  private int matchEnd(int[] text, int from, boolean longest) {
    var active = new BitSet();
    reach(active, 0);
    int found = -1;
    for (int i = from; ; i++) {
      if (active.get(tokens.length)) {
        found = i;
        if (!longest) {
          return found;
        }
      }
      if (i >= text.length || active.isEmpty()) {
        return found;
      }
      active = step(active, text[i]);
    }
  }

  private BitSet step(BitSet active, int ch) {
    var next = new BitSet();
    budget.spend(1);
    for (int s = active.nextSetBit(0); s >= 0 && s < tokens.length; s = active.nextSetBit(s + 1)) {
      budget.spend(1);
      int token = tokens[s];
      if (token == ANY_RUN && ch != '\n') {
        reach(next, s);
      } else if (token == ch || (token == ANY_ONE && ch != '\n')) {
        reach(next, s + 1);
      }
    }
    return next;
  }

  /** Marks a position and those behind the stars that may match nothing. */
  private void reach(BitSet set, int state) {
    int s = state;
    while (!set.get(s)) {
      set.set(s);
      budget.spend(1);
      if (s < tokens.length && tokens[s] == ANY_RUN) {
        s++;
      } else {
        return;
      }
    }
  }

  private static int[] reversed(int[] values) {
    int[] out = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      out[i] = values[values.length - 1 - i];
    }
    return out;
  }
}
