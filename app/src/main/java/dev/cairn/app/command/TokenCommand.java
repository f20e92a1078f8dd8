package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code cairn token}: credentials. */
@Command(
    name = "token",
    description = "Issues, lists and revokes tokens.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class TokenCommand implements Runnable {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  static CommandLine line(Surroundings around, LocalAdmin admin) {
    return new CommandLine(new TokenCommand())
        .addSubcommand(new Create(around, admin))
        .addSubcommand(new ListAll(around))
        .addSubcommand(new Remove(around));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "token needs a command: create, ls or rm");
  }

  @Command(
      name = "create",
      description = "Prints a new token, alone; it is shown this once.",
      footer = {
        "",
        "Examples:",
        "  cairn token create --data /var/lib/cairn --tenant acme    beside a running server",
        "  cairn token create --rights build:read,image:read         through the server"
      })
  static final class Create extends ServerCommand {
    private final LocalAdmin admin;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "issue it in this data directory, without asking the server")
    private Optional<String> data = Optional.empty();

    @Option(names = "--tenant", paramLabel = "NAME", description = "whose it is")
    private Optional<String> tenant = Optional.empty();

    @Option(
        names = "--rights",
        split = ",",
        paramLabel = "RIGHT",
        description = "what it may do; all but administration unless said")
    private List<String> rights = new ArrayList<>();

    @Option(
        names = "--repository",
        paramLabel = "NAME[:ACTION,...]",
        description = {
          "the only repositories it opens, with pull, push, delete (repeatable); pull unless",
          "said; * in a name is part of a component, ** at its end everything below"
        })
    private List<String> repositories = new ArrayList<>();

    @Option(names = "--name", paramLabel = "TEXT", description = "for people who list it")
    private String name = "";

    Create(Surroundings around, LocalAdmin admin) {
      super(around);
      this.admin = admin;
    }

    @Override
    int run() throws IOException {
      if (data.isPresent()) {
        say(local(data.get()));
        return ExitCode.OK;
      }
      Map<String, Object> body = new LinkedHashMap<>();
      if (!name.isEmpty()) {
        body.put("name", name);
      }
      if (!rights.isEmpty()) {
        body.put("rights", rights);
      }
      if (!repositories.isEmpty()) {
        body.put("repositories", repositories);
      }
      String path =
          tenant.map(name -> "/tenants/" + CairnApi.encode(name) + "/tokens").orElse("/tokens");
      JsonNode answer =
          call(ApiRequest.json("POST", path, JsonMapper.shared().writeValueAsString(body)));
      say(text(answer, "token"));
      return ExitCode.OK;
    }

    private String local(String directory) throws IOException {
      String whose =
          tenant.orElseThrow(() -> new UsageException("--data needs --tenant NAME beside it"));
      Set<String> wanted = new LinkedHashSet<>(rights);
      try {
        return admin.issueToken(around().path(directory), whose, wanted, repositories);
      } catch (IllegalArgumentException e) {
        throw new UsageException(String.valueOf(e.getMessage()));
      }
    }
  }

  @Command(name = "ls", description = "Lists the tenant's tokens, without their text.")
  static final class ListAll extends ServerCommand {
    @Option(names = "--json", description = "as JSON")
    private boolean asJson;

    ListAll(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      JsonNode tokens = call(ApiRequest.get("/tokens")).path("tokens");
      if (asJson) {
        json(tokens);
        return ExitCode.OK;
      }
      var table = new Table("TOKEN", "NAME", "CREATED", "LAST USED", "RIGHTS", "REPOSITORIES");
      for (JsonNode token : tokens) {
        List<String> rights = new ArrayList<>();
        token.path("rights").forEach(right -> rights.add(right.asString("")));
        List<String> repositories = new ArrayList<>();
        token.path("repositories").forEach(name -> repositories.add(name.asString("")));
        table.row(
            text(token, "id"),
            text(token, "name"),
            text(token, "createdAt"),
            text(token, "lastUsedAt"),
            String.join(",", rights),
            String.join(" ", repositories));
      }
      table.print(around().out());
      return ExitCode.OK;
    }
  }

  @Command(name = "rm", description = "Revokes tokens.")
  static final class Remove extends ServerCommand {
    @Parameters(arity = "1..*", paramLabel = "TOKEN", description = "the ids, as ls shows them")
    private List<String> ids = new ArrayList<>();

    Remove(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      for (String id : ids) {
        call(ApiRequest.delete("/tokens/" + CairnApi.encode(id)));
        say(id);
      }
      return ExitCode.OK;
    }
  }
}
