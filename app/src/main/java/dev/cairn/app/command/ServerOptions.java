package dev.cairn.app.command;

import dev.cairn.app.client.ApiConnection;
import dev.cairn.app.client.CairnApi;
import dev.cairn.app.client.ServerAddress;
import dev.cairn.oci.http.TlsTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which server a command talks to, and as whom. */
final class ServerOptions {
  /** Where {@code cairn serve} listens unless told otherwise. */
  static final ServerAddress USUAL = ServerAddress.parse("http://127.0.0.1:7070");

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = {
        "http://HOST:PORT, https://HOST or unix:PATH; without it",
        "$$CAIRN_SERVER counts, else http://127.0.0.1:7070"
      })
  private Optional<String> server = Optional.empty();

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "better given as $$CAIRN_TOKEN, where other users do not see it")
  private Optional<String> token = Optional.empty();

  /** The address named by option or environment. */
  Optional<ServerAddress> named(Surroundings around) {
    Optional<String> text =
        server.filter(url -> !url.isBlank()).or(() -> around.variable("CAIRN_SERVER"));
    try {
      return text.map(String::strip).map(ServerAddress::parse);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--server: " + e.getMessage());
    }
  }

  /** The token named by option or environment; empty if none. */
  String token(Surroundings around) {
    return token.or(() -> around.variable("CAIRN_TOKEN")).orElse("").strip();
  }

  /** The API of the server, where one must be running. */
  CairnApi api(Surroundings around) {
    if (token(around).isEmpty()) {
      throw new UsageException(
          "no token: set CAIRN_TOKEN; on the server's machine"
              + " cairn token create --data DIR --tenant NAME prints one");
    }
    ServerAddress address = named(around).orElse(USUAL);
    return new CairnApi(
        around
            .variable("CAIRN_CERTIFICATES")
            .map(file ->
                new ApiConnection(address, token(around), trusted(around.path(file)).sockets()))
            .orElseGet(() -> new ApiConnection(address, token(around))));
  }

  private static TlsTrust trusted(Path authorities) {
    try {
      return TlsTrust.withAuthorities(Files.readAllBytes(authorities));
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException(
          "CAIRN_CERTIFICATES names a file with certificates in PEM form; "
              + authorities
              + " cannot be read as one: "
              + e.getMessage());
    }
  }
}
