package dev.cairn.dockerfile.words;

/**
 * Expands variables and removes quotes, as the Dockerfile language defines it. Not a shell: there
 * is no command substitution, no globbing, and a variable with blanks stays one word.
 *
 * <p>Forms: {@code $v}, {@code ${v}}, {@code ${v:-w}}, {@code ${v-w}}, {@code :+}, {@code +},
 * {@code :?}, {@code ?}, {@code #}, {@code ##}, {@code %}, {@code %%}, {@code /p/r}, {@code //p/r};
 * {@code w}, {@code p} and {@code r} are expanded themselves.
 *
 * @param escape the escape character, a backslash or a backtick
 * @param mode what happens to quotes and escapes
 */
public record Expander(char escape, Mode mode) {
  /** Longest result in characters; stops {@code ENV a=$a$a} from doubling without end. */
  public static final int MAX_RESULT = 1 << 20;

  /** Deepest nesting of {@code ${v:-${w:-...}}}. */
  public static final int MAX_DEPTH = 100;

  /** What happens to quotes and escapes. */
  public enum Mode {
    /** Quotes and escapes are removed: words of instructions. */
    WORD,
    /** Quotes are ordinary characters, escapes are removed: heredoc bodies. */
    BODY,
    /** Quotes, escapes and unset variables stay as written: looking for heredocs in a line. */
    SCAN,
    /** Quotes and escapes are removed, unset variables stay as written. */
    KEEP_UNSET
  }

  /** Words of instructions. */
  public static Expander words(char escape) {
    return new Expander(escape, Mode.WORD);
  }

  /** Bodies of heredocs of COPY and ADD; their escape is always the backslash. */
  public static Expander body() {
    return new Expander('\\', Mode.BODY);
  }

  /**
   * Expands one text.
   *
   * @throws ExpansionException for an unclosed quote or a bad substitution
   */
  public Expansion expand(String text, Variables variables) {
    var run = new ExpansionRun(text, this, variables);
    try {
      return run.whole();
    } catch (ExpansionException e) {
      throw e.in(text);
    }
  }
}
