package dev.cairn.app.command;

import dev.cairn.app.client.ApiConnection;
import dev.cairn.app.client.CairnApi;
import dev.cairn.app.client.ServerAddress;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which server a command talks to, and as whom. */
final class ServerOptions {
  @Option(
      names = "--server",
      paramLabel = "URL",
      defaultValue = "${env:CAIRN_SERVER}",
      description = {
        "the server: http://HOST:PORT, https://HOST or unix:PATH.",
        "Without it $CAIRN_SERVER counts, else http://127.0.0.1:7070."
      })
  private String server = "";

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:CAIRN_TOKEN}",
      description = "the token; better given as $$CAIRN_TOKEN, where other users do not see it")
  private String token = "";

  /** The address named by option or environment. */
  Optional<ServerAddress> named() {
    try {
      return server == null || server.isEmpty()
          ? Optional.empty()
          : Optional.of(ServerAddress.parse(server));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--server: " + e.getMessage());
    }
  }

  /** The token named by option or environment; empty if none. */
  String token() {
    return token == null ? "" : token.strip();
  }

  /** The API of the server, where one must be running. */
  CairnApi api() {
    ServerAddress address = named().orElseGet(() -> ServerAddress.parse("http://127.0.0.1:7070"));
    if (token().isEmpty()) {
      throw new UsageException(
          "no token: give one in $CAIRN_TOKEN; cairn token create --data DIR --tenant NAME makes one");
    }
    return new CairnApi(new ApiConnection(address, token()));
  }
}
