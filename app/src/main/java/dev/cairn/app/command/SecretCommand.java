package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code cairn secret}: values that the server keeps for builds. */
@Command(
    name = "secret",
    description = "Sets, lists and removes secrets that the server keeps for builds.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class SecretCommand implements Runnable {
  private static final int MOST = 512 << 10;

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  static CommandLine line(Surroundings around, LocalAdmin admin) {
    return new CommandLine(new SecretCommand())
        .addSubcommand(new Set(around, admin))
        .addSubcommand(new ListAll(around))
        .addSubcommand(new Remove(around));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "secret needs a command: set, ls or rm");
  }

  @Command(
      name = "set",
      description = "Sets or replaces a secret; its value never comes back.",
      footer = {
        "",
        "Examples:",
        "  cairn secret set npm-token -  <token.txt",
        "  cairn secret set --data /var/lib/cairn --tenant acme npm-token -",
        "Then: cairn build --stored-secret npm-token ."
      })
  static final class Set extends ServerCommand {
    private final LocalAdmin admin;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "set it in this data directory, without asking the server")
    private Optional<String> data = Optional.empty();

    @Option(names = "--tenant", paramLabel = "NAME", description = "whose it is, with --data")
    private Optional<String> tenant = Optional.empty();

    @Parameters(index = "0", paramLabel = "ID", description = "under which builds name it")
    private String id = "";

    @Parameters(
        index = "1",
        paramLabel = "FILE|-",
        description = "a file with the value, or - for standard input")
    private String source = "";

    Set(Surroundings around, LocalAdmin admin) {
      super(around);
      this.admin = admin;
    }

    @Override
    int run() throws IOException {
      if (data.isEmpty() && tenant.isPresent()) {
        throw new UsageException("--tenant goes with --data; at a server the token says whose");
      }
      byte[] value = read();
      try {
        if (data.isPresent()) {
          String whose =
              tenant.orElseThrow(() -> new UsageException("--data needs --tenant NAME beside it"));
          admin.setSecret(around().path(data.get()), whose, id, value);
        } else {
          call(
              new ApiRequest(
                  "PUT",
                  "/secrets/" + CairnApi.encode(id),
                  Map.of("Content-Type", "application/octet-stream"),
                  Optional.of(ApiRequest.bytes(value))));
        }
      } catch (IllegalArgumentException e) {
        throw new UsageException(String.valueOf(e.getMessage()));
      } finally {
        Arrays.fill(value, (byte) 0);
      }
      return ExitCode.OK;
    }

    private byte[] read() throws IOException {
      byte[] value;
      if (source.equals("-")) {
        value = around().in().readNBytes(MOST + 1);
      } else {
        try (InputStream in = Files.newInputStream(around().path(source))) {
          value = in.readNBytes(MOST + 1);
        } catch (IOException e) {
          throw new UsageException(
              "the value cannot be read from the file; give a readable file, or - for standard"
                  + " input");
        }
      }
      if (value.length > MOST) {
        throw new UsageException("a secret has at most 512 KiB");
      }
      return value;
    }
  }

  @Command(name = "ls", description = "Lists the ids of secrets, never their values.")
  static final class ListAll extends ServerCommand {
    @Option(names = "--json", description = "as JSON")
    private boolean asJson;

    ListAll(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      JsonNode secrets = call(ApiRequest.get("/secrets")).path("secrets");
      if (asJson) {
        json(secrets);
        return ExitCode.OK;
      }
      var table = new Table("SECRET", "CREATED", "UPDATED");
      for (JsonNode secret : secrets) {
        table.row(text(secret, "id"), text(secret, "createdAt"), text(secret, "updatedAt"));
      }
      table.print(around().out());
      return ExitCode.OK;
    }
  }

  @Command(name = "rm", description = "Removes secrets.")
  static final class Remove extends ServerCommand {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "the secrets' ids")
    private List<String> ids = new ArrayList<>();

    Remove(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      for (String id : ids) {
        call(ApiRequest.delete("/secrets/" + CairnApi.encode(id)));
        say(id);
      }
      return ExitCode.OK;
    }
  }
}
