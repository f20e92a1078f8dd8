package dev.cairn.app.server;

import dev.cairn.app.client.ServerAddress;
import dev.cairn.app.command.LocalServer;
import dev.cairn.app.command.ServerHandle;
import dev.cairn.build.TenantId;
import dev.cairn.service.Right;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The same server in the command's own process, on a Unix socket in a directory that only its user
 * can enter. Its token dies with it.
 */
public final class InProcessServer implements LocalServer {
  private static final TenantId TENANT = new TenantId("local");

  private final Optional<Path> config;

  /**
   * Such servers.
   *
   * @param config the configuration file, whose data directory and listeners do not count
   */
  public InProcessServer(Optional<Path> config) {
    this.config = config;
  }

  @Override
  public ServerHandle start(Path data) throws IOException {
    Path directory =
        Files.createTempDirectory(
            "cairn-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path socket = directory.resolve("cairn.sock");
    CairnServer server;
    try {
      server = started(data, socket);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(directory);
      throw e;
    }
    var tokens = server.service().tokens();
    var issued =
        tokens.issue(
            TENANT,
            "one command",
            Right.ordinary(),
            Optional.of(Instant.now().plus(1, ChronoUnit.DAYS)));
    return new ServerHandle() {
      @Override
      public ServerAddress address() {
        return new ServerAddress.Unix(socket);
      }

      @Override
      public String token() {
        return issued.text();
      }

      @Override
      public void close() throws IOException {
        tokens.revoke(TENANT, issued.token().id());
        server.close();
        Files.deleteIfExists(socket);
        Files.deleteIfExists(directory);
      }
    };
  }

  private CairnServer started(Path data, Path socket) throws IOException {
    ServerConfig chosen =
        config.isEmpty() ? ServerConfig.in(data) : ConfigFile.read(config.get()).applied(data);
    var server =
        CairnServer.start(chosen.storing(data).listening(Optional.empty(), Optional.of(socket)));
    try {
      DirectAdmin.makeTenant(server.service(), TENANT);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }
}
