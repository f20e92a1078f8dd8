package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code cairn registry}: the logins that the server keeps for registries elsewhere. */
@Command(
    name = "registry",
    description = "Keeps logins for registries elsewhere, for pushes and private bases.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class RegistryCommand implements Runnable {
  private static final int MOST = 64 << 10;

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  static CommandLine line(Surroundings around) {
    return new CommandLine(new RegistryCommand())
        .addSubcommand(new Login(around))
        .addSubcommand(new ListAll(around))
        .addSubcommand(new Logout(around));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "registry needs a command: login, ls or logout");
  }

  /** The password on standard input, without the line feed that tools put behind it. */
  static String password(Surroundings around) throws IOException {
    byte[] read = around.in().readNBytes(MOST + 1);
    if (read.length > MOST) {
      throw new UsageException("a password has at most 64 KiB");
    }
    String password = new String(read, StandardCharsets.UTF_8).stripTrailing();
    if (password.isEmpty()) {
      throw new UsageException("the password is read from standard input, and nothing came");
    }
    return password;
  }

  @Command(
      name = "login",
      description =
          "Stores a login; its password is read from standard input and never comes back.",
      footer = {
        "",
        "Examples:",
        "  cairn registry login registry.example.org -u me <password.txt",
        "  cairn registry login ghcr.io -u me --repository me/private --for pull <token.txt"
      })
  static final class Login extends ServerCommand {
    @Parameters(paramLabel = "HOST[:PORT]", description = "the registry; docker.io for Docker Hub")
    private String host = "";

    @Option(
        names = {"-u", "--username"},
        paramLabel = "USER",
        description = "the user; without one the input is an access token that is sent as it is")
    private Optional<String> username = Optional.empty();

    @Option(
        names = "--repository",
        paramLabel = "NAME",
        description = "only for this repository and those below it")
    private Optional<String> repository = Optional.empty();

    @Option(
        names = "--for",
        split = ",",
        paramLabel = "pull|push",
        description = "what it may be used for; both unless said")
    private List<String> purposes = new ArrayList<>();

    Login(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      Map<String, Object> body = new LinkedHashMap<>();
      String password = password(around());
      username.ifPresent(user -> body.put("username", user));
      body.put(username.isPresent() ? "password" : "token", password);
      repository.ifPresent(name -> body.put("repository", name));
      if (!purposes.isEmpty()) {
        body.put("purposes", purposes);
      }
      call(
          ApiRequest.json(
              "PUT",
              "/registry-logins/" + CairnApi.encode(host),
              JsonMapper.shared().writeValueAsString(body)));
      return ExitCode.OK;
    }
  }

  @Command(name = "ls", description = "Lists the logins, never their passwords.")
  static final class ListAll extends ServerCommand {
    @Option(names = "--json", description = "as JSON")
    private boolean asJson;

    ListAll(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      JsonNode logins = call(ApiRequest.get("/registry-logins")).path("logins");
      if (asJson) {
        json(logins);
        return ExitCode.OK;
      }
      var table = new Table("REGISTRY", "REPOSITORY", "USER", "FOR", "UPDATED");
      for (JsonNode login : logins) {
        var purposes = new StringJoiner(",");
        login.path("purposes").forEach(purpose -> purposes.add(purpose.asString("")));
        table.row(
            text(login, "host"),
            text(login, "repository"),
            text(login, "username"),
            purposes.toString(),
            text(login, "updatedAt"));
      }
      table.print(around().out());
      return ExitCode.OK;
    }
  }

  @Command(name = "logout", description = "Forgets a login.")
  static final class Logout extends ServerCommand {
    @Parameters(paramLabel = "HOST[:PORT]", description = "the registry")
    private String host = "";

    @Option(
        names = "--repository",
        paramLabel = "NAME",
        description = "the login for this repository alone")
    private Optional<String> repository = Optional.empty();

    Logout(Surroundings around) {
      super(around);
    }

    @Override
    int run() throws IOException {
      call(
          ApiRequest.delete(
              "/registry-logins/"
                  + CairnApi.encode(host)
                  + repository.map(name -> "?repository=" + CairnApi.encode(name)).orElse("")));
      return ExitCode.OK;
    }
  }
}
