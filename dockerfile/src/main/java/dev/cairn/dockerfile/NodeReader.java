package dev.cairn.dockerfile;

import dev.cairn.dockerfile.words.Blanks;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Joins lines into logical lines: comments, continuations, heredoc bodies, keyword, flags. */
final class NodeReader {
  /** Most instructions of a file. */
  static final int MAX_INSTRUCTIONS = 100_000;

  private static final Set<String> WITH_HEREDOC = Set.of("ADD", "COPY", "RUN");

  private final SourceLines lines;
  private final char escape;
  private final int directives;
  private final List<Node> nodes = new ArrayList<>();
  private List<String> comments = new ArrayList<>();
  private int number;

  private NodeReader(SourceLines lines, char escape, int directives) {
    this.lines = lines;
    this.escape = escape;
    this.directives = directives;
  }

  static List<Node> read(SourceLines lines, char escape, int directives) {
    var reader = new NodeReader(lines, escape, directives);
    while (reader.number < lines.count()) {
      reader.logicalLine();
    }
    return reader.nodes;
  }

  private void logicalLine() {
    String line = Blanks.trimLeft(lines.text(++number));
    if (line.startsWith("#")) {
      comment(line);
      return;
    }
    if (Blanks.trim(line).isEmpty()) {
      comments = new ArrayList<>();
      return;
    }
    int first = number;
    boolean emptyContinuation = false;
    var text = new StringBuilder();
    int cut = continuation(line);
    while (cut >= 0) {
      text.append(line, 0, cut);
      line = "";
      cut = -1;
      while (number < lines.count()) {
        String following = lines.text(++number);
        String trimmed = Blanks.trimLeft(following);
        if (trimmed.startsWith("#")) {
          continue;
        }
        if (trimmed.isEmpty()) {
          emptyContinuation = true;
          continue;
        }
        line = following;
        cut = continuation(line);
        break;
      }
    }
    text.append(line);
    if (text.length() > SourceLines.MAX_BYTES || nodes.size() >= MAX_INSTRUCTIONS) {
      throw fail(Problem.TOO_LARGE, "too many instructions in one file", first);
    }
    if (!text.toString().isBlank()) {
      add(text.toString(), first, emptyContinuation);
    }
    comments = new ArrayList<>();
  }

  private void comment(String line) {
    String comment = Blanks.trim(line.substring(1));
    if (number <= directives || comment.isEmpty()) {
      comments = new ArrayList<>();
    } else {
      comments.add(comment);
    }
  }

  /** Where the continuation's escape character stands, or -1 if the line does not continue. */
  private int continuation(String line) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
      end--;
    }
    boolean continues =
        end > 0 && line.charAt(end - 1) == escape && (end == 1 || line.charAt(end - 2) != escape);
    return continues ? end - 1 : -1;
  }

  private void add(String text, int first, boolean emptyContinuation) {
    Node node = split(text, new Location(lines.file(), first, number), comments);
    List<Heredoc> heads = takesHeredocs(node) ? Heredoc.in(text) : List.of();
    var bodies = new ArrayList<Heredoc>();
    for (Heredoc head : heads) {
      bodies.add(head.withBody(body(head, first)));
    }
    var source =
        new SourceText(
            new Location(lines.file(), first, number),
            node.source().keyword(),
            Blanks.trim(text),
            comments);
    nodes.add(new Node(source, node.flags(), node.rest(), bodies, emptyContinuation));
  }

  private String body(Heredoc head, int first) {
    var body = new StringBuilder();
    while (number < lines.count()) {
      String line = lines.lines().get(number++);
      String text = SourceLines.withoutEnd(line);
      if (head.chomp()) {
        text = withoutTabs(text);
      }
      if (text.equals(head.name())) {
        return body.toString();
      }
      body.append(line);
    }
    throw fail(
        Problem.HEREDOC_EOF,
        "unterminated heredoc: no line \"" + head.name() + "\" ends it",
        first);
  }

  private static String withoutTabs(String text) {
    int start = 0;
    while (start < text.length() && text.charAt(start) == '\t') {
      start++;
    }
    return text.substring(start);
  }

  /** Takes keyword and flags off a logical line. */
  static Node split(String line, Location location, List<String> comments) {
    String text = Blanks.trim(line);
    int end = 0;
    while (end < text.length() && !isSeparator(text.charAt(end))) {
      end++;
    }
    String keyword = text.substring(0, end);
    int start = end;
    while (start < text.length() && isSeparator(text.charAt(start))) {
      start++;
    }
    var split = FlagSplitter.split(text.substring(start));
    return new Node(
        new SourceText(location, keyword, text, comments),
        split.flags(),
        split.rest(),
        List.of(),
        false);
  }

  static boolean isSeparator(char ch) {
    return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\f' || ch == 0x0B;
  }

  private static boolean takesHeredocs(Node node) {
    Node asked = node;
    if (node.keyword().equals("ONBUILD")) {
      asked = split(node.rest(), node.source().location(), List.of());
    }
    return WITH_HEREDOC.contains(asked.keyword().toUpperCase(Locale.ROOT))
        && json(asked.rest()).isEmpty();
  }

  private static Optional<List<String>> json(String rest) {
    try {
      return JsonWords.read(rest);
    } catch (JsonWords.NotStringsException e) {
      return Optional.empty();
    }
  }

  private DockerfileException fail(Problem problem, String sentence, int first) {
    var place = new Location(lines.file(), first, Math.max(first, number));
    return new DockerfileException(problem, sentence, place, lines.excerpt(place));
  }
}
