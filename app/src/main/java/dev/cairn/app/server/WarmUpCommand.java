package dev.cairn.app.server;

import dev.cairn.app.client.ApiConnection;
import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import dev.cairn.app.command.LocalServer;
import dev.cairn.app.command.ServerHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Starts a server, builds the smallest image and stops: what the launcher runs once after a build
 * so that the JVM's cache holds the classes of a real build.
 */
@Command(
    name = "warm-up",
    hidden = true,
    description = "Run a tiny build, for the launcher's start-up cache.")
public final class WarmUpCommand implements Callable<Integer> {
  private static final String REQUEST =
      """
      {"recipe": {"dockerfile": {"text": "FROM scratch\\nCOPY <<a /b\\nhello\\na\\nENV A=1\\n"}}}
      """;

  private final LocalServer servers;

  /** The command, starting servers so. */
  public WarmUpCommand(LocalServer servers) {
    this.servers = servers;
  }

  @Override
  public Integer call() throws IOException {
    Path data = Files.createTempDirectory("cairn-warm-up");
    try (ServerHandle server = servers.start(data)) {
      var api = new CairnApi(new ApiConnection(server.address(), server.token()));
      String id = api.call(ApiRequest.json("POST", "/builds", REQUEST)).path("id").asString("");
      api.events(id, 1, line -> {});
    } finally {
      remove(data);
    }
    return 0;
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
