package dev.cairn.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** COPY and ADD. */
final class FileParser {
  private FileParser() {}

  /** Sources and destination. */
  private record Paths(CopySources sources, String destination) {}

  static Instruction.Copy copy(Node node) {
    Paths paths = paths(node);
    var flags =
        new Flags(
            node, Set.of("from", "chown", "chmod"), Set.of("link", "parents"), Set.of("exclude"));
    Optional<String> from = flags.text("from");
    if (from.isPresent() && from.get().matches("(?s).*\\$..*")) {
      throw new DockerfileException(
          Problem.FROM_VARIABLE,
          "'--from' doesn't support variable expansion, define alias stage instead",
          node.source());
    }
    return new Instruction.Copy(
        node.source(),
        paths.sources(),
        paths.destination(),
        from,
        flags.truth("parents").orElse(false),
        options(flags));
  }

  static Instruction.Add add(Node node) {
    Paths paths = paths(node);
    var flags =
        new Flags(
            node,
            Set.of("chown", "chmod", "checksum"),
            Set.of("link", "keep-git-dir", "unpack"),
            Set.of("exclude"));
    return new Instruction.Add(
        node.source(),
        paths.sources(),
        paths.destination(),
        flags.text("checksum"),
        flags.truth("keep-git-dir"),
        flags.truth("unpack"),
        options(flags));
  }

  private static FileOptions options(Flags flags) {
    return new FileOptions(
        flags.text("chown"),
        flags.text("chmod"),
        flags.truth("link").orElse(false),
        flags.list("exclude"));
  }

  private static Paths paths(Node node) {
    List<String> words =
        InstructionParser.json(node).orElseGet(() -> WordList.atBlanks(node.rest()));
    if (words.size() < 2) {
      throw new DockerfileException(
          Problem.ARITY,
          node.keyword()
              + " requires at least two arguments, but only "
              + (words.isEmpty() ? "none" : "one")
              + " was provided. Destination could not be determined",
          node.source());
    }
    String destination = words.getLast();
    if (!node.heredocs().isEmpty() && Heredoc.parse(destination).isPresent()) {
      throw new DockerfileException(
          Problem.HEREDOC_DEST,
          node.keyword() + " cannot accept a heredoc as a destination",
          node.source());
    }
    var paths = new ArrayList<String>();
    var files = new ArrayList<InlineFile>();
    for (String word : words.subList(0, words.size() - 1)) {
      var head = Heredoc.parse(word);
      var file =
          node.heredocs().stream()
              .filter(doc -> head.isPresent() && doc.name().equals(head.get().name()))
              .reduce((first, second) -> second);
      if (file.isPresent()) {
        files.add(
            new InlineFile(
                file.get().name(), file.get().content(), head.map(Heredoc::expand).orElse(true)));
      } else {
        paths.add(word);
      }
    }
    return new Paths(new CopySources(paths, files), destination);
  }
}
