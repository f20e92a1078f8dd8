package dev.cairn.dockerfile.words;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** One expansion of one text: the state of a single recursive-descent pass over it. */
final class ExpansionRun {
  private static final int END = -1;

  private final String source;
  private final Expander expander;
  private final Variables variables;
  private final WorkBudget budget = new WorkBudget();
  private final Set<String> used = new LinkedHashSet<>();
  private final Set<String> unset = new LinkedHashSet<>();
  private int at;
  private int depth;

  ExpansionRun(String source, Expander expander, Variables variables) {
    this.source = source;
    this.expander = expander;
    this.variables = variables;
  }

  Expansion whole() {
    var words = new WordSplitter();
    String text = until(END, raw(), words);
    return new Expansion(text, words.words(), used, unset);
  }

  private boolean raw() {
    return expander.mode() == Expander.Mode.SCAN;
  }

  private boolean quotesCount() {
    return expander.mode() != Expander.Mode.BODY;
  }

  private boolean keepsUnset() {
    return switch (expander.mode()) {
      case SCAN, KEEP_UNSET -> true;
      case WORD, BODY -> false;
    };
  }

  /** Reads up to the unquoted stop character, which is consumed, or to the end. */
  private String until(int stop, boolean rawEscapes, WordSplitter words) {
    var text = new StringBuilder();
    while (at < source.length()) {
      int ch = next();
      if (ch == stop) {
        return text.toString();
      }
      if (ch == '$') {
        String value = dollar(rawEscapes);
        append(text, value);
        words.addSplit(value);
      } else if (quotesCount() && ch == '\'') {
        String value = singleQuote();
        append(text, value);
        words.addWhole(value);
      } else if (quotesCount() && ch == '"') {
        String value = doubleQuote(rawEscapes);
        append(text, value);
        words.addWhole(value);
      } else if (ch == expander.escape()) {
        String value = escaped(rawEscapes);
        append(text, value);
        words.addWhole(value);
      } else {
        text.appendCodePoint(ch);
        words.add(ch);
      }
    }
    if (stop != END) {
      throw ExpansionException.substitution("syntax error: missing '" + (char) stop + "' in ${}");
    }
    return text.toString();
  }

  private String escaped(boolean rawEscapes) {
    String escape = rawEscapes ? String.valueOf(expander.escape()) : "";
    return at < source.length() ? escape + Character.toString(next()) : escape;
  }

  private String singleQuote() {
    int end = source.indexOf('\'', at);
    if (end < 0) {
      throw unclosed("single");
    }
    String inner = source.substring(at, end);
    at = end + 1;
    return raw() ? "'" + inner + "'" : inner;
  }

  private String doubleQuote(boolean rawEscapes) {
    var text = new StringBuilder();
    if (raw()) {
      text.append('"');
    }
    while (at < source.length()) {
      int ch = next();
      if (ch == '"') {
        if (raw()) {
          text.append('"');
        }
        return text.toString();
      }
      if (ch == '$') {
        append(text, dollar(rawEscapes));
      } else if (ch == expander.escape()) {
        quotedEscape(text, rawEscapes);
      } else {
        text.appendCodePoint(ch);
      }
    }
    throw unclosed("double");
  }

  /** Inside double quotes only the quote, the dollar and the escape itself can be escaped. */
  private void quotedEscape(StringBuilder text, boolean rawEscapes) {
    int following = peek();
    boolean escapes = following == '"' || following == '$' || following == expander.escape();
    if (rawEscapes || !escapes) {
      text.append(expander.escape());
    }
    if (escapes) {
      text.appendCodePoint(next());
    }
  }

  private String dollar(boolean rawEscapes) {
    if (peek() != '{') {
      String name = name();
      return name.isEmpty() ? "$" : plain(name, "$" + name);
    }
    next();
    if (++depth > Expander.MAX_DEPTH) {
      throw ExpansionException.substitution("substitutions nested too deeply");
    }
    String value = braced(rawEscapes);
    depth--;
    return value;
  }

  private String braced(boolean rawEscapes) {
    switch (peek()) {
      case END -> throw missingBrace();
      case '{', '}', ':' -> throw ExpansionException.substitution("syntax error: bad substitution");
      default -> {}
    }
    String name = name();
    int modifier = at < source.length() ? next() : END;
    return switch (modifier) {
      case END -> throw missingBrace();
      case '}' -> plain(name, "${" + name + "}");
      case ':' -> colon(name, rawEscapes);
      case '-', '+', '?' -> choose(name, modifier, false, rawEscapes);
      case '#', '%' -> strip(name, modifier);
      case '/' -> replace(name);
      default -> throw unsupported(Character.toString(modifier));
    };
  }

  private String colon(String name, boolean rawEscapes) {
    if (at >= source.length()) {
      throw missingBrace();
    }
    int modifier = next();
    return switch (modifier) {
      case '-', '+', '?' -> choose(name, modifier, true, rawEscapes);
      default -> throw unsupported(":" + Character.toString(modifier));
    };
  }

  private String choose(String name, int modifier, boolean emptyIsUnset, boolean rawEscapes) {
    String word = until('}', raw() && rawEscapes, new WordSplitter());
    Optional<String> value = lookUp(name);
    if (keepsUnset() && value.isEmpty()) {
      return "${" + name + (emptyIsUnset ? ":" : "") + Character.toString(modifier) + word + "}";
    }
    Optional<String> counted = emptyIsUnset ? value.filter(v -> !v.isEmpty()) : value;
    if (modifier == '-') {
      return counted.orElse(word);
    }
    if (modifier == '+') {
      return counted.isPresent() ? word : "";
    }
    String state = value.isEmpty() ? "unset" : "empty";
    String reason = word.isEmpty() ? "is not allowed to be " + state : word;
    return counted.orElseThrow(() -> ExpansionException.substitution(name + ": " + reason));
  }

  private String strip(String name, int side) {
    boolean longest = peek() == side;
    if (longest) {
      next();
    }
    // The pattern keeps its escapes: they say which wildcards are plain characters.
    String word = until('}', true, new WordSplitter());
    Optional<String> value = lookUp(name);
    if (value.isEmpty()) {
      String sign = Character.toString(side).repeat(longest ? 2 : 1);
      return keepsUnset() ? "${" + name + sign + word + "}" : "";
    }
    var pattern = ShellPattern.parse(word, budget);
    return side == '#'
        ? pattern.stripPrefix(value.get(), longest)
        : pattern.stripSuffix(value.get(), longest);
  }

  private String replace(String name) {
    boolean all = peek() == '/';
    if (all) {
      next();
    }
    String word = until('/', true, new WordSplitter());
    String replacement = until('}', true, new WordSplitter());
    Optional<String> value = lookUp(name);
    if (value.isEmpty() && keepsUnset()) {
      return "${" + name + (all ? "//" : "/") + word + "/" + replacement + "}";
    }
    return ShellPattern.parse(word, budget).replace(value.orElse(""), replacement, all);
  }

  private String plain(String name, String written) {
    Optional<String> value = lookUp(name);
    return value.orElse(keepsUnset() ? written : "");
  }

  private Optional<String> lookUp(String name) {
    Optional<String> value = variables.get(name);
    (value.isPresent() ? used : unset).add(name);
    return value;
  }

  /** A name, a run of digits, or one special parameter; empty if none of these follows. */
  private String name() {
    int start = at;
    int first = peek();
    if (first != END && Character.isDigit(first)) {
      while (at < source.length() && Character.isDigit(peek())) {
        next();
      }
    } else if (first != END && "@*#?-$!".indexOf(first) >= 0) {
      next();
    } else {
      while (at < source.length() && isNamePart(peek())) {
        next();
      }
    }
    return source.substring(start, at);
  }

  private static boolean isNamePart(int ch) {
    return Character.isLetter(ch) || Character.isDigit(ch) || ch == '_';
  }

  private void append(StringBuilder text, String value) {
    if (text.length() + value.length() > Expander.MAX_RESULT) {
      throw ExpansionException.substitution(
          "the expanded text is longer than " + Expander.MAX_RESULT + " characters");
    }
    text.append(value);
  }

  private int peek() {
    return at < source.length() ? source.codePointAt(at) : END;
  }

  private int next() {
    int ch = source.codePointAt(at);
    at += Character.charCount(ch);
    return ch;
  }

  private static ExpansionException unclosed(String quote) {
    return new ExpansionException(
        "unexpected end of statement while looking for matching " + quote + "-quote", true);
  }

  private static ExpansionException missingBrace() {
    return ExpansionException.substitution("syntax error: missing '}'");
  }

  private static ExpansionException unsupported(String modifier) {
    return ExpansionException.substitution(
        "unsupported modifier (" + modifier + ") in substitution");
  }
}
