package dev.cairn.dockerfile;

import dev.cairn.dockerfile.value.Suggestion;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the directives at the top of a file: only before the first other line of any kind. */
final class DirectiveParser {
  private static final Set<String> KEYS = Set.of("syntax", "escape", "check");

  private DirectiveParser() {}

  /** One {@code # key=value}. */
  record Entry(String key, String value) {}

  static Directives parse(SourceLines lines) {
    Map<String, String> found = new HashMap<>();
    int number = 1;
    for (; number <= lines.count(); number++) {
      Optional<Entry> entry = entry(lines.text(number), "#").filter(e -> KEYS.contains(e.key()));
      if (entry.isEmpty()) {
        break;
      }
      if (found.putIfAbsent(entry.get().key(), entry.get().value()) != null) {
        throw fail(
            lines,
            Problem.DIRECTIVE,
            number,
            "only one " + entry.get().key() + " parser directive can be used");
      }
    }
    checkSyntax(lines, found);
    char escape = escape(lines, found.getOrDefault("escape", "\\"));
    CheckOptions check = CheckOptions.NONE;
    if (found.containsKey("check")) {
      try {
        check = parseCheck(found.getOrDefault("check", ""));
      } catch (IllegalArgumentException e) {
        throw fail(lines, Problem.CHECK_OPTION, 1, String.valueOf(e.getMessage()));
      }
    }
    return new Directives(Optional.ofNullable(found.get("syntax")), escape, check);
  }

  /** How many lines at the top are directives. */
  static int length(SourceLines lines) {
    int number = 0;
    while (number < lines.count()
        && entry(lines.text(number + 1), "#").filter(e -> KEYS.contains(e.key())).isPresent()) {
      number++;
    }
    return number;
  }

  private static void checkSyntax(SourceLines lines, Map<String, String> found) {
    Optional<String> syntax = Optional.ofNullable(found.get("syntax"));
    int first = lines.count() > 0 && lines.text(1).startsWith("#!") ? 2 : 1;
    int line = 1;
    for (int i = first; syntax.isEmpty() && i <= lines.count(); i++) {
      String text = lines.text(i);
      Optional<Entry> entry = entry(text, "#").or(() -> entry(text, "//"));
      if (entry.isEmpty()) {
        break;
      }
      syntax = entry.filter(e -> e.key().equals("syntax")).map(Entry::value);
      line = i;
    }
    if (syntax.isPresent() && !Frontend.isOurs(syntax.get())) {
      throw fail(lines, Problem.UNSUPPORTED_SYNTAX, line, Frontend.refusal(syntax.get()));
    }
    if (lines.count() > 0 && lines.text(1).stripLeading().startsWith("{")) {
      throw fail(
          lines,
          Problem.UNSUPPORTED_SYNTAX,
          1,
          "the file is JSON, which needs a frontend of its own; write a Dockerfile");
    }
  }

  private static char escape(SourceLines lines, String value) {
    if (!value.equals("\\") && !value.equals("`")) {
      throw fail(
          lines,
          Problem.DIRECTIVE,
          1,
          "invalid escape token '" + value + "' does not match ` or \\");
    }
    return value.charAt(0);
  }

  static CheckOptions parseCheck(String value) {
    Set<String> skip = new HashSet<>();
    Set<String> experimental = new HashSet<>();
    boolean error = false;
    for (String part : value.split(";", -1)) {
      int equals = part.indexOf('=');
      String key = (equals < 0 ? part : part.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
      String words = equals < 0 ? "" : part.substring(equals + 1).strip();
      switch (key) {
        case "skip" -> addAll(skip, words);
        case "experimental" -> addAll(experimental, words);
        case "error" -> error = truth(words);
        default ->
            throw new IllegalArgumentException(
                "invalid check option \""
                    + part.strip()
                    + "\""
                    + Suggestion.hint(key, List.of("skip", "experimental", "error")));
      }
    }
    return new CheckOptions(
        skip, skip.contains("all"), experimental, experimental.contains("all"), error);
  }

  private static void addAll(Set<String> set, String words) {
    for (String word : words.split(",")) {
      set.add(word.strip());
    }
  }

  private static boolean truth(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "1", "t", "true" -> true;
      case "0", "f", "false" -> false;
      default ->
          throw new IllegalArgumentException(
              "failed to parse check option error: \"" + word + "\" is not a boolean");
    };
  }

  /** Reads {@code # key = value}; the key is lower-cased. */
  static Optional<Entry> entry(String line, String mark) {
    String text = line.strip();
    if (!text.startsWith(mark)) {
      return Optional.empty();
    }
    text = text.substring(mark.length());
    int equals = text.indexOf('=');
    if (equals < 0) {
      return Optional.empty();
    }
    String key = text.substring(0, equals).strip();
    String value = text.substring(equals + 1).strip();
    boolean sound =
        !key.isEmpty()
            && Character.isLetter(key.charAt(0))
            && key.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c));
    return sound && !value.isEmpty()
        ? Optional.of(new Entry(key.toLowerCase(Locale.ROOT), value))
        : Optional.empty();
  }

  private static DockerfileException fail(
      SourceLines lines, Problem problem, int line, String sentence) {
    Location place = Location.line(lines.file(), line);
    return new DockerfileException(problem, sentence, place, lines.excerpt(place));
  }
}
