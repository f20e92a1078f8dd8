package dev.cairn.app.command;

import dev.cairn.app.client.ApiConnection;
import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import dev.cairn.app.client.ServerAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The server that a build runs on: the one that is named; else the usual one, if there is a token
 * and it answers; else one in this process, which ends with the build.
 *
 * @param identity which server, and as whom; for telling memories apart, never shown
 * @param own the one in this process
 */
record BuildServer(CairnApi api, String identity, Optional<ServerHandle> own)
    implements AutoCloseable {

  static BuildServer open(ServerOptions options, Surroundings around, LocalServer local, Path data)
      throws IOException {
    String token = options.token(around);
    if (options.named(around).isPresent()) {
      return new BuildServer(
          options.api(around), options.named(around).get() + token, Optional.empty());
    }
    if (!token.isEmpty() && answers(ServerOptions.USUAL)) {
      return new BuildServer(options.api(around), ServerOptions.USUAL + token, Optional.empty());
    }
    ServerHandle handle = local.start(data);
    var api = new CairnApi(new ApiConnection(handle.address(), handle.token()));
    return new BuildServer(api, data.toString(), Optional.of(handle));
  }

  private static boolean answers(ServerAddress address) {
    try (var response = new ApiConnection(address, "").send(ApiRequest.get("/health"))) {
      return response.status() < 500;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    if (own.isPresent()) {
      own.get().close();
    }
  }
}
