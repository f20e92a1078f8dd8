package dev.cairn.dockerfile;

import dev.cairn.dockerfile.RunOptions.Device;
import dev.cairn.dockerfile.RunOptions.Network;
import dev.cairn.dockerfile.RunOptions.Security;
import dev.cairn.dockerfile.value.GoDuration;
import dev.cairn.dockerfile.value.Suggestion;
import dev.cairn.dockerfile.words.Blanks;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The instructions that carry a command: RUN, CMD, ENTRYPOINT, HEALTHCHECK. */
final class CommandParser {
  private static final Duration SHORTEST = Duration.ofMillis(1);

  private CommandParser() {}

  static Instruction.Run run(Node node) {
    var flags = new Flags(node, Set.of("network", "security"), Set.of(), Set.of("mount", "device"));
    flags.list("mount").forEach(mount -> MountParser.checkFrom(mount, node.source()));
    Optional<Network> network = flags.text("network").map(value -> network(value, node));
    Security security =
        flags.text("security").map(value -> security(value, node)).orElse(Security.SANDBOX);
    List<Device> devices =
        flags.list("device").stream().map(value -> MountParser.device(value, node)).toList();
    var options = new RunOptions(flags.list("mount"), network, security, devices);
    return new Instruction.Run(node.source(), runCommand(node), options);
  }

  private static CommandLine runCommand(Node node) {
    CommandLine command = command(node);
    if (command instanceof CommandLine.Exec exec && exec.words().isEmpty()) {
      throw arity(node, "RUN requires at least one argument");
    }
    if (node.heredocs().isEmpty()) {
      return command;
    }
    Heredoc first = node.heredocs().getFirst();
    if (Heredoc.parse(node.rest()).isPresent()) {
      return first.body().startsWith("#!")
          ? new CommandLine.Script(first.name(), first.content())
          : new CommandLine.Shell(first.content());
    }
    var text = new StringBuilder(node.rest());
    for (Heredoc doc : node.heredocs()) {
      text.append('\n').append(doc.body()).append(doc.name());
    }
    return new CommandLine.Shell(text.toString());
  }

  static CommandLine command(Node node) {
    return InstructionParser.json(node)
        .<CommandLine>map(CommandLine.Exec::new)
        .orElseGet(() -> new CommandLine.Shell(node.rest()));
  }

  private static Network network(String value, Node node) {
    return switch (value) {
      case "default" -> Network.DEFAULT;
      case "none" -> Network.NONE;
      case "host" -> Network.HOST;
      default ->
          throw new DockerfileException(
              Problem.NETWORK,
              "invalid network mode: "
                  + value
                  + Suggestion.hint(value, List.of("default", "none", "host")),
              node.source());
    };
  }

  private static Security security(String value, Node node) {
    return switch (value) {
      case "sandbox" -> Security.SANDBOX;
      case "insecure" -> Security.INSECURE;
      default ->
          throw new DockerfileException(
              Problem.SECURITY,
              "security \""
                  + value
                  + "\" is not valid"
                  + Suggestion.hint(value, List.of("sandbox", "insecure")),
              node.source());
    };
  }

  static Instruction.Healthcheck healthcheck(Node node) {
    int end = 0;
    while (end < node.rest().length() && !Blanks.isBlank(node.rest().charAt(end))) {
      end++;
    }
    String type = node.rest().substring(0, end).toUpperCase(Locale.ROOT);
    String rest = Blanks.trim(node.rest().substring(end));
    if (type.isEmpty()) {
      throw arity(node, "HEALTHCHECK requires at least one argument");
    }
    if (type.equals("NONE")) {
      if (!rest.isEmpty()) {
        throw health(node, "HEALTHCHECK NONE takes no arguments");
      }
      return new Instruction.Healthcheck(node.source(), Optional.empty());
    }
    var names = Set.of("interval", "timeout", "start-period", "start-interval", "retries");
    var flags = new Flags(node, names, Set.of(), Set.of());
    if (!type.equals("CMD")) {
      throw health(node, "Unknown type \"" + type + "\" in HEALTHCHECK (try CMD)");
    }
    var inner = new Node(node.source(), List.of(), rest, List.of(), false);
    CommandLine command = command(inner);
    if (rest.isEmpty() || (command instanceof CommandLine.Exec exec && exec.words().isEmpty())) {
      throw health(node, "Missing command after HEALTHCHECK CMD");
    }
    var probe =
        new Instruction.Healthcheck.Probe(
            command,
            duration(node, flags, "interval"),
            duration(node, flags, "timeout"),
            duration(node, flags, "start-period"),
            duration(node, flags, "start-interval"),
            retries(node, flags));
    return new Instruction.Healthcheck(node.source(), Optional.of(probe));
  }

  private static Duration duration(Node node, Flags flags, String name) {
    Optional<String> text = flags.text(name);
    if (text.isEmpty()) {
      return Duration.ZERO;
    }
    try {
      Duration value = GoDuration.parse(text.get());
      if (!value.isZero() && value.compareTo(SHORTEST) < 0) {
        throw health(node, "Interval \"" + name + "\" cannot be less than 1ms");
      }
      return value;
    } catch (IllegalArgumentException e) {
      throw health(node, String.valueOf(e.getMessage()));
    }
  }

  private static int retries(Node node, Flags flags) {
    String text = flags.text("retries").orElse("0");
    if (text.matches("-\\d{1,9}")) {
      throw health(node, "--retries cannot be negative (" + text + ")");
    }
    if (!text.matches("\\+?\\d{1,9}")) {
      throw health(node, "--retries: \"" + text + "\" is not a number");
    }
    return Integer.parseInt(text);
  }

  private static DockerfileException health(Node node, String sentence) {
    return new DockerfileException(Problem.HEALTHCHECK, sentence, node.source());
  }

  private static DockerfileException arity(Node node, String sentence) {
    return new DockerfileException(Problem.ARITY, sentence, node.source());
  }
}
