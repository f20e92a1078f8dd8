package dev.cairn.app.command;

import dev.cairn.app.client.ApiException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/**
 * The root of the command line. Subcommands are added here, in the order in which help lists them.
 */
@Command(
    name = "cairn",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Turns source into a container image digest.",
    footer = {
      "",
      "Begin with:",
      "  cairn demo                  from nothing to a built image, on this machine",
      "  cairn build -t app:1 .      build the directory's Dockerfile",
      "  cairn serve                 run the server for others",
      "",
      "A server is named by --server or $$CAIRN_SERVER, its token by $$CAIRN_TOKEN.",
      "CAIRN_DEBUG=1 shows where an error came from."
    })
public final class CairnCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  private CairnCommand() {}

  /**
   * The command line with all commands that talk to a server. Those that are one are added by the
   * caller with {@link CommandLine#addSubcommand(String, Object)} before it is run.
   */
  public static CommandLine commandLine(
      Surroundings surroundings, LocalServer server, LocalAdmin admin) {
    var root = new CommandLine(new CairnCommand());
    var build = new CommandLine(new BuildCommand(surroundings, server));
    LaterFlags.addTo(build.getCommandSpec());
    root.addSubcommand("build", build);
    root.addSubcommand(new BuildsCommand(surroundings));
    root.addSubcommand(new LogsCommand(surroundings));
    root.addSubcommand(new CancelCommand(surroundings));
    root.addSubcommand(new WhyCommand(surroundings));
    root.addSubcommand("token", TokenCommand.line(surroundings, admin));
    root.addSubcommand("secret", SecretCommand.line(surroundings, admin));
    root.addSubcommand("image", ImageCommand.line(surroundings));
    root.addSubcommand("builder", BuilderCommand.line(surroundings));
    root.addSubcommand("registry", RegistryCommand.line(surroundings));
    root.addSubcommand(new GcCommand(surroundings));
    root.addSubcommand("audit", AuditCommand.line(surroundings, admin));
    var completion = new CommandLine(new AutoComplete.GenerateCompletion());
    completion.getCommandSpec().name("completion");
    root.addSubcommand(completion);
    root.addSubcommand(new CommandLine.HelpCommand());
    root.addSubcommand(new VersionCommand(surroundings));
    root.setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8));
    root.setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8));
    return root;
  }

  /** Runs a command line; errors become one sentence and an exit code. */
  public static int run(CommandLine root, Surroundings surroundings, String... arguments) {
    addHelp(root);
    var messages = new Messages(surroundings);
    root.setParameterExceptionHandler(messages::usage);
    root.setExecutionExceptionHandler((e, line, parsed) -> messages.failure(e));
    return root.execute(arguments);
  }

  /** Gives every command that has no help of its own an option that shows it. */
  private static void addHelp(CommandLine line) {
    CommandSpec command = line.getCommandSpec();
    if (command.findOption("--help") == null) {
      command.addOption(
          OptionSpec.builder("-h", "--help")
              .usageHelp(true)
              .description("Show this help message and exit.")
              .build());
    }
    line.getSubcommands().values().forEach(CairnCommand::addHelp);
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.USAGE;
  }

  /** Tells what went wrong. */
  private record Messages(Surroundings surroundings) {

    int usage(CommandLine.ParameterException e, String[] arguments) {
      say(String.valueOf(e.getMessage()));
      CommandLine.UnmatchedArgumentException.printSuggestions(
          e, new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8));
      say("see " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
      debug(e);
      return ExitCode.USAGE;
    }

    int failure(Exception e) {
      debug(e);
      return switch (e) {
        case UsageException usage -> {
          say(String.valueOf(usage.getMessage()));
          yield ExitCode.USAGE;
        }
        case ApiException refused -> {
          say("the server refused: " + refused.getMessage());
          yield ExitCode.SERVER;
        }
        case IOException broken -> {
          say(String.valueOf(broken.getMessage()));
          yield ExitCode.SERVER;
        }
        case InterruptedException interrupted -> ExitCode.CANCELLED;
        default -> {
          say("a fault of cairn itself: " + e + "; CAIRN_DEBUG=1 shows where");
          yield ExitCode.SERVER;
        }
      };
    }

    private void say(String sentence) {
      surroundings.err().println("cairn: " + sentence);
    }

    private void debug(Exception e) {
      if (surroundings.variable("CAIRN_DEBUG").isPresent()) {
        e.printStackTrace(surroundings.err());
      }
    }
  }
}
