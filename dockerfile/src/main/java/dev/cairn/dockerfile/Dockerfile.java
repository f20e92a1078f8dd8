package dev.cairn.dockerfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A parsed Dockerfile. Every instruction in it is well-formed, also in stages nobody needs.
 *
 * @param fileName as the user named it; used in messages
 * @param directives what stands at the top
 * @param globals ARG instructions before the first FROM
 * @param stages at least one
 * @param emptyContinuations instructions with a blank line inside; for lint
 * @param lines the file's lines; empty for typed steps
 */
public record Dockerfile(
    String fileName,
    Directives directives,
    List<Instruction.Arg> globals,
    List<Stage> stages,
    List<Location> emptyContinuations,
    List<String> lines) {
  public Dockerfile {
    globals = List.copyOf(globals);
    stages = List.copyOf(stages);
    emptyContinuations = List.copyOf(emptyContinuations);
    lines = List.copyOf(lines);
    if (stages.isEmpty()) {
      throw new DockerfileException(
          Problem.EMPTY, "dockerfile contains no stages to build", Location.line(fileName, 1), "");
    }
  }

  /**
   * Parses a file.
   *
   * @throws DockerfileException naming the line, if anything in it is wrong
   */
  public static Dockerfile parse(String fileName, byte[] bytes) {
    var lines = SourceLines.of(fileName, bytes);
    try {
      return parse(lines);
    } catch (DockerfileException e) {
      throw located(e, lines);
    }
  }

  /** Parses a text; see {@link #parse(String, byte[])}. */
  public static Dockerfile parse(String fileName, String text) {
    return parse(fileName, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A Dockerfile that a program made: stages of typed instructions, no text. */
  public static Dockerfile ofStages(String label, List<Stage> stages) {
    return new Dockerfile(label, Directives.NONE, List.of(), stages, List.of(), List.of());
  }

  private static Dockerfile parse(SourceLines lines) {
    Directives directives = DirectiveParser.parse(lines);
    List<Node> nodes = NodeReader.read(lines, directives.escape(), DirectiveParser.length(lines));
    if (nodes.isEmpty()) {
      Location place = Location.line(lines.file(), Math.max(1, lines.count()));
      throw new DockerfileException(Problem.EMPTY, "file with no instructions", place, "");
    }
    var parser = new InstructionParser(directives.escape());
    var globals = new ArrayList<Instruction.Arg>();
    var stages = new StageCollector();
    for (Node node : nodes) {
      Instruction instruction = parser.parse(node);
      if (instruction instanceof Instruction.From from) {
        stages.open(from);
      } else if (stages.isOpen()) {
        stages.add(instruction);
      } else if (instruction instanceof Instruction.Arg arg) {
        globals.add(arg);
      } else {
        throw new DockerfileException(
            Problem.NO_STAGE, "no build stage in current context", node.source());
      }
    }
    List<Location> empty =
        nodes.stream().filter(Node::emptyContinuation).map(n -> n.source().location()).toList();
    if (!stages.isOpen()) {
      throw new DockerfileException(
          Problem.EMPTY, "dockerfile contains no stages to build", nodes.getLast().source());
    }
    return new Dockerfile(lines.file(), directives, globals, stages.finish(), empty, lines.lines());
  }

  /**
   * Parses an ONBUILD trigger of a base.
   *
   * @param text as {@link Instruction.Onbuild#trigger} stored it
   * @param location the FROM that triggers it; errors point there
   */
  public static Instruction parseTrigger(String text, Location location) {
    var lines = SourceLines.of(location.file(), text.getBytes(StandardCharsets.UTF_8));
    List<Node> nodes;
    try {
      nodes = NodeReader.read(lines, '\\', 0);
    } catch (DockerfileException e) {
      throw new DockerfileException(e.problem(), e.sentence(), location, text);
    }
    if (nodes.size() != 1) {
      throw new DockerfileException(
          Problem.ONBUILD,
          "an ONBUILD trigger must be one instruction, found " + nodes.size(),
          location,
          text);
    }
    Node node = nodes.getFirst();
    var source = new SourceText(location, node.source().keyword(), node.source().text(), List.of());
    var placed = new Node(source, node.flags(), node.rest(), node.heredocs(), false);
    Instruction trigger = new InstructionParser('\\').parse(placed);
    return switch (trigger) {
      case Instruction.From f -> throw forbidden(f);
      case Instruction.Onbuild o -> throw forbidden(o);
      case Instruction.Maintainer m -> throw forbidden(m);
      default -> trigger;
    };
  }

  private static DockerfileException forbidden(Instruction trigger) {
    return new DockerfileException(
        Problem.ONBUILD,
        trigger.keyword() + " isn't allowed as an ONBUILD trigger",
        trigger.source());
  }

  /** The numbered lines around a place, the place marked; empty for typed steps. */
  public String excerpt(Location location) {
    return location.file().equals(fileName)
        ? new SourceLines(fileName, lines).excerpt(location)
        : "";
  }

  /** The same error with lines of this file as its excerpt. */
  public DockerfileException locate(DockerfileException error) {
    return located(error, new SourceLines(fileName, lines));
  }

  private static DockerfileException located(DockerfileException error, SourceLines lines) {
    if (lines.count() == 0 || !error.location().file().equals(lines.file())) {
      return error;
    }
    return new DockerfileException(
        error.problem(), error.sentence(), error.location(), lines.excerpt(error.location()));
  }

  /** Gathers instructions under their FROM. */
  private static final class StageCollector {
    private final List<Stage> done = new ArrayList<>();
    private final List<Instruction> current = new ArrayList<>();
    private java.util.Optional<Instruction.From> from = java.util.Optional.empty();

    boolean isOpen() {
      return from.isPresent();
    }

    void open(Instruction.From next) {
      finish();
      from = java.util.Optional.of(next);
    }

    void add(Instruction instruction) {
      current.add(instruction);
    }

    List<Stage> finish() {
      from.ifPresent(head -> done.add(new Stage(done.size(), head, current)));
      current.clear();
      return done;
    }
  }
}
