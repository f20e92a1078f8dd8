package dev.cairn.dockerfile.ignore;

import java.util.BitSet;
import java.util.List;

/**
 * A wildcard pattern. With {@link #match} it is Go's {@code filepath.Match}: {@code *}, {@code ?},
 * {@code [a-z]}, {@code [^a]}, {@code \x}; never across a slash; dot files match. As a line of an
 * ignore file, {@code **} also matches any number of elements. A set of positions walks along the
 * path, so that no pattern can take more than pattern length times path length steps.
 */
public final class GlobPattern {
  private final String pattern;
  private final List<GlobToken> tokens;

  private GlobPattern(String pattern, List<GlobToken> tokens) {
    this.pattern = pattern;
    this.tokens = tokens;
  }

  /**
   * A pattern of COPY or ADD.
   *
   * @throws IllegalArgumentException for an unclosed bracket or a trailing backslash
   */
  public static GlobPattern match(String pattern) {
    return new GlobPattern(pattern, new GlobReader(pattern, false).read());
  }

  /**
   * A pattern of an ignore file or {@code --exclude}.
   *
   * @throws IllegalArgumentException for an unclosed bracket or a trailing backslash
   */
  static GlobPattern ignore(String pattern) {
    return new GlobPattern(pattern, new GlobReader(pattern, true).read());
  }

  /** True if a word of COPY has to be matched rather than looked up. */
  public static boolean hasWildcard(String word) {
    for (int i = 0; i < word.length(); i++) {
      char ch = word.charAt(i);
      if (ch == '*' || ch == '?' || ch == '[') {
        return true;
      }
      if (ch == '\\') {
        i++;
      }
    }
    return false;
  }

  /** True if the whole path matches. */
  public boolean matches(String path) {
    return walk(path).get(tokens.size());
  }

  /** True if some longer path that starts with this directory and a slash could match. */
  boolean couldMatchBelow(String directory) {
    return !walk(directory + "/").isEmpty();
  }

  private BitSet walk(String path) {
    var active = new BitSet();
    reach(active, 0);
    for (int i = 0; i < path.length() && !active.isEmpty(); ) {
      int ch = path.codePointAt(i);
      var next = new BitSet();
      for (int s = active.nextSetBit(0);
          s >= 0 && s < tokens.size();
          s = active.nextSetBit(s + 1)) {
        step(next, s, ch);
      }
      active = next;
      i += Character.charCount(ch);
    }
    return active;
  }

  private void step(BitSet next, int state, int ch) {
    switch (tokens.get(state)) {
      case GlobToken.Literal literal -> {
        if (literal.ch() == ch) {
          reach(next, state + 1);
        }
      }
      case GlobToken.AnyOne one -> {
        if (ch != '/') {
          reach(next, state + 1);
        }
      }
      case GlobToken.AnyRun run -> {
        if (ch != '/') {
          reach(next, state);
        }
      }
      case GlobToken.AnyDepth depth -> {
        // Stays inside, and leaves at a slash: "**/" is any number of whole elements.
        next.set(state);
        if (!depth.wholeElements() || ch == '/') {
          reach(next, state + 1);
        }
      }
      case GlobToken.OneOf set -> {
        if (ch != '/' && set.contains(ch)) {
          reach(next, state + 1);
        }
      }
    }
  }

  /** Marks a position and those reachable without a character. */
  private void reach(BitSet set, int state) {
    int s = state;
    while (!set.get(s)) {
      set.set(s);
      if (s < tokens.size()
          && (tokens.get(s) instanceof GlobToken.AnyRun
              || tokens.get(s) instanceof GlobToken.AnyDepth)) {
        s++;
      } else {
        return;
      }
    }
  }

  @Override
  public String toString() {
    return pattern;
  }
}
