package dev.cairn.dockerfile;

import dev.cairn.dockerfile.value.Suggestion;
import dev.cairn.dockerfile.words.Blanks;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Turns a node into its instruction: one method per keyword that is not in a class of its own. */
final class InstructionParser {
  /** All keywords. */
  static final List<String> KEYWORDS =
      List.of(
          "ADD",
          "ARG",
          "CMD",
          "COPY",
          "ENTRYPOINT",
          "ENV",
          "EXPOSE",
          "FROM",
          "HEALTHCHECK",
          "LABEL",
          "MAINTAINER",
          "ONBUILD",
          "RUN",
          "SHELL",
          "STOPSIGNAL",
          "USER",
          "VOLUME",
          "WORKDIR");

  private final char escape;

  InstructionParser(char escape) {
    this.escape = escape;
  }

  Instruction parse(Node node) {
    return switch (node.keyword()) {
      case "FROM" -> from(node);
      case "RUN" -> CommandParser.run(node);
      case "COPY" -> FileParser.copy(node);
      case "ADD" -> FileParser.add(node);
      case "ENV" -> new Instruction.Env(node.source(), pairs(node));
      case "LABEL" -> new Instruction.Label(node.source(), pairs(node));
      case "ARG" -> arg(node);
      case "CMD" -> {
        Flags.none(node);
        yield new Instruction.Cmd(node.source(), CommandParser.command(node));
      }
      case "ENTRYPOINT" -> {
        Flags.none(node);
        yield new Instruction.Entrypoint(node.source(), CommandParser.command(node));
      }
      case "SHELL" -> shell(node);
      case "EXPOSE" -> new Instruction.Expose(node.source(), atLeastOne(node, words(node)));
      case "HEALTHCHECK" -> CommandParser.healthcheck(node);
      case "STOPSIGNAL" -> single(node, Instruction.Stopsignal::new);
      case "USER" -> single(node, Instruction.User::new);
      case "WORKDIR" -> single(node, Instruction.Workdir::new);
      case "MAINTAINER" -> single(node, Instruction.Maintainer::new);
      case "VOLUME" -> volume(node);
      case "ONBUILD" -> onbuild(node);
      default ->
          throw fail(
              node,
              Problem.UNKNOWN_INSTRUCTION,
              "unknown instruction: "
                  + node.source().keyword()
                  + Suggestion.hint(node.source().keyword(), KEYWORDS));
    };
  }

  /** The strings of the exec form, or empty if it is none. */
  static Optional<List<String>> json(Node node) {
    try {
      return JsonWords.read(node.rest());
    } catch (JsonWords.NotStringsException e) {
      throw fail(node, Problem.EXEC_JSON, String.valueOf(e.getMessage()));
    }
  }

  private static Instruction from(Node node) {
    List<String> words = WordList.atBlanks(node.rest());
    boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("AS");
    if (words.size() != 1 && !named) {
      throw fail(node, Problem.ARITY, "FROM requires either one or three arguments");
    }
    Optional<String> name =
        named ? Optional.of(words.get(2).toLowerCase(Locale.ROOT)) : Optional.empty();
    if (name.isPresent() && !name.get().matches("[a-z][a-z0-9_.-]*")) {
      throw fail(
          node,
          Problem.STAGE_NAME,
          "invalid name for build stage: \""
              + words.get(2)
              + "\", name can't start with a number or contain symbols");
    }
    var flags = new Flags(node, Set.of("platform"), Set.of(), Set.of());
    return new Instruction.From(node.source(), words.getFirst(), name, flags.text("platform"));
  }

  private List<Instruction.Pair> pairs(Node node) {
    Flags.none(node);
    List<String> words = atLeastOne(node, WordList.quoted(node.rest(), escape));
    if (!words.getFirst().contains("=")) {
      return List.of(legacyPair(node));
    }
    var pairs = new ArrayList<Instruction.Pair>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 0) {
        throw fail(
            node,
            Problem.ARITY,
            "Syntax error - can't find = in \"" + word + "\". Must be of the form: name=value");
      }
      checkName(node, word.substring(0, equals));
      pairs.add(Instruction.Pair.of(word.substring(0, equals), word.substring(equals + 1)));
    }
    return pairs;
  }

  /** {@code ENV key the rest of the line}. */
  private static Instruction.Pair legacyPair(Node node) {
    String rest = node.rest();
    int end = 0;
    while (end < rest.length() && !NodeReader.isSeparator(rest.charAt(end))) {
      end++;
    }
    if (end == rest.length()) {
      throw fail(node, Problem.ARITY, node.keyword() + " must have two arguments");
    }
    int start = end;
    while (start < rest.length() && NodeReader.isSeparator(rest.charAt(start))) {
      start++;
    }
    return new Instruction.Pair(rest.substring(0, end), rest.substring(start), true);
  }

  private Instruction arg(Node node) {
    Flags.none(node);
    var declarations = new ArrayList<Instruction.Arg.Declaration>();
    for (String word : atLeastOne(node, WordList.quoted(node.rest(), escape))) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      checkName(node, name);
      declarations.add(
          new Instruction.Arg.Declaration(
              name, equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1))));
    }
    return new Instruction.Arg(node.source(), declarations);
  }

  private static void checkName(Node node, String name) {
    if (name.isEmpty()) {
      throw fail(node, Problem.BLANK_NAME, node.keyword() + " names can not be blank");
    }
  }

  private static Instruction shell(Node node) {
    Flags.none(node);
    Optional<List<String>> words = json(node);
    if (words.map(List::isEmpty).orElse(node.rest().isEmpty())) {
      throw fail(node, Problem.ARITY, "SHELL requires at least one argument");
    }
    return new Instruction.Shell(
        node.source(),
        words.orElseThrow(() ->
            fail(node, Problem.SHELL_JSON, "SHELL requires the arguments to be in JSON form")));
  }

  private static Instruction volume(Node node) {
    Flags.none(node);
    List<String> paths =
        atLeastOne(node, json(node).orElseGet(() -> WordList.atBlanks(node.rest())));
    if (paths.stream().anyMatch(path -> Blanks.trim(path).isEmpty())) {
      throw fail(node, Problem.VOLUME, "VOLUME specified can not be an empty string");
    }
    return new Instruction.Volume(node.source(), paths.stream().map(Blanks::trim).toList());
  }

  private static Instruction onbuild(Node node) {
    Flags.none(node);
    List<String> words = atLeastOne(node, WordList.atBlanks(node.rest()));
    String trigger = words.getFirst().toUpperCase(Locale.ROOT);
    switch (trigger) {
      case "ONBUILD" ->
          throw fail(node, Problem.ONBUILD, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
      case "FROM", "MAINTAINER" ->
          throw fail(node, Problem.ONBUILD, trigger + " isn't allowed as an ONBUILD trigger");
      default -> {}
    }
    var text = new StringBuilder(node.rest());
    for (Heredoc doc : node.heredocs()) {
      text.append('\n').append(doc.body()).append(doc.name());
    }
    return new Instruction.Onbuild(node.source(), text.toString());
  }

  private static List<String> words(Node node) {
    Flags.none(node);
    return WordList.atBlanks(node.rest());
  }

  private static Instruction single(
      Node node, BiFunction<SourceText, String, Instruction> constructor) {
    Flags.none(node);
    if (node.rest().isEmpty()) {
      throw fail(node, Problem.ARITY, node.keyword() + " requires exactly one argument");
    }
    return constructor.apply(node.source(), node.rest());
  }

  private static List<String> atLeastOne(Node node, List<String> words) {
    if (words.isEmpty()) {
      throw fail(node, Problem.ARITY, node.keyword() + " requires at least one argument");
    }
    return words;
  }

  private static DockerfileException fail(Node node, Problem problem, String sentence) {
    return new DockerfileException(problem, sentence, node.source());
  }
}
