package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code cairn builder}: caches that the builds of a project share, one after another. */
@Command(
    name = "builder",
    description = {
      "Makes, lists, empties and removes builders.",
      "A builder is a cache of its own: step results and cache mounts that stay until it is pruned"
          + " or removed. Its builds run one after another, so each finds what the one before left."
    },
    footer = {
      "",
      "Examples:",
      "  cairn builder create --id web --disk 50",
      "  cairn build --builder web -t app:1 .",
      "  cairn builder prune web"
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class BuilderCommand implements Runnable {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  static CommandLine line(Surroundings around) {
    return new CommandLine(new BuilderCommand())
        .addSubcommand(new ListAll(around))
        .addSubcommand(new Create(around))
        .addSubcommand(new Inspect(around))
        .addSubcommand(new Prune(around))
        .addSubcommand(new Remove(around));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "builder needs a command: ls, create, inspect, prune or rm");
  }

  private static String path(String id) {
    return "/builders/" + CairnApi.encode(id);
  }

  @Command(name = "ls", description = "Lists builders, the newest first.")
  static final class ListAll extends ServerCommand {
    @Option(names = "--json", description = "as JSON")
    private boolean asJson;

    ListAll(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      JsonNode builders = call(ApiRequest.get("/builders")).path("builders");
      if (asJson) {
        json(builders);
        return ExitCode.OK;
      }
      var table = new Table("BUILDER", "NAME", "STATE", "DISK", "RUNS", "WAIT", "USED", "CREATED");
      for (JsonNode builder : builders) {
        table.row(
            text(builder, "id"),
            text(builder, "name"),
            text(builder, "state"),
            builder.path("diskGb").asInt(0) + " GB",
            text(builder, "active"),
            Integer.toString(builder.path("queued").size()),
            text(builder, "usedAt"),
            text(builder, "createdAt"));
      }
      table.print(around().out());
      return ExitCode.OK;
    }
  }

  @Command(
      name = "create",
      description = "Makes a builder and prints its id.",
      footer = {"", "Example: cairn builder create --id web --disk 50 --label team=web"})
  static final class Create extends ServerCommand {
    @Option(names = "--id", paramLabel = "ID", description = "under which builds name it")
    private Optional<String> id = Optional.empty();

    @Option(names = "--name", paramLabel = "TEXT", description = "for people")
    private Optional<String> name = Optional.empty();

    @Option(
        names = "--disk",
        paramLabel = "GIGABYTES",
        description = "how much its cache keeps (20); the least recently used goes first")
    private Optional<Integer> disk = Optional.empty();

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "a mark of your own")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--json", description = "print the builder as JSON")
    private boolean asJson;

    Create(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      Map<String, Object> body = new LinkedHashMap<>();
      id.ifPresent(text -> body.put("id", text));
      name.ifPresent(text -> body.put("name", text));
      disk.ifPresent(size -> body.put("diskGb", size));
      body.put("labels", labels);
      JsonNode made =
          call(ApiRequest.json("POST", "/builders", JsonMapper.shared().writeValueAsString(body)));
      if (asJson) {
        json(made);
      } else {
        say(text(made, "id"));
      }
      return ExitCode.OK;
    }
  }

  @Command(name = "inspect", description = "Prints a builder and its builds as JSON.")
  static final class Inspect extends ServerCommand {
    @Parameters(paramLabel = "ID", description = "the builder")
    private String id = "";

    Inspect(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      json(call(ApiRequest.get(path(id))));
      return ExitCode.OK;
    }
  }

  @Command(
      name = "prune",
      description = "Empties a builder's cache; the builder stays. Not while a build runs on it.")
  static final class Prune extends ServerCommand {
    @Parameters(paramLabel = "ID", description = "the builder")
    private String id = "";

    Prune(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      call(ApiRequest.json("POST", path(id) + "/prune", ""));
      say(id);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "rm",
      description =
          "Removes builders with their caches. Not while a build runs on one or waits for it.")
  static final class Remove extends ServerCommand {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "the builders")
    private List<String> ids = new ArrayList<>();

    Remove(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      for (String id : ids) {
        call(ApiRequest.delete(path(id)));
        say(id);
      }
      return ExitCode.OK;
    }
  }
}
