package dev.cairn.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Debian's {@code docker-registry} with basic authentication over TLS, under a certificate
 * authority made for it.
 */
final class DockerRegistry implements AutoCloseable {
  static final String USER = "pusher";
  static final String PASSWORD = "s3cret-push-password";

  /** The password above as htpasswd keeps it. */
  private static final String HASHED =
      "$2y$05$abcdefghijklmnopqrstuuT2LR3cXnyxvY3BFdQtnyD0z0DLbOfvy";

  private final Path directory;
  private final int port;
  private Process process;

  private DockerRegistry(Path directory, int port, Process process) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  static DockerRegistry start(Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    certificates(directory);
    int port;
    try (var probe = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = probe.getLocalPort();
    }
    Files.writeString(directory.resolve("htpasswd"), USER + ":" + HASHED + "\n");
    Files.writeString(
        directory.resolve("config.yml"),
        """
        version: 0.1
        log: {level: warn, accesslog: {disabled: true}}
        storage:
          filesystem: {rootdirectory: %1$s/store}
          delete: {enabled: true}
        http:
          addr: 127.0.0.1:%2$d
          secret: kept-over-restarts
          tls: {certificate: %1$s/server.pem, key: %1$s/server.key}
        auth:
          htpasswd: {realm: tests, path: %1$s/htpasswd}
        """
            .formatted(directory, port));
    var registry = new DockerRegistry(directory, port, launch(directory));
    registry.awaitListening();
    return registry;
  }

  private static void certificates(Path directory) throws IOException, InterruptedException {
    Files.writeString(
        directory.resolve("server.ext"),
        "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n");
    openssl(
        directory,
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=tests-ca"
            + " -keyout ca.key -out ca.pem");
    openssl(
        directory,
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=registry"
            + " -keyout server.key -out server.csr");
    openssl(
        directory,
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
            + " -extfile server.ext -out server.pem");
  }

  private static void openssl(Path directory, String arguments)
      throws IOException, InterruptedException {
    Commands.succeed(directory, ("openssl " + arguments).split(" "));
  }

  private static Process launch(Path directory) throws IOException {
    return new ProcessBuilder(
            List.of("docker-registry", "serve", directory.resolve("config.yml").toString()))
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(directory.resolve("registry.log").toFile()))
        .start();
  }

  private void awaitListening() throws IOException, InterruptedException {
    for (int n = 0; n < 1000; n++) {
      try (var _ = new Socket("127.0.0.1", port)) {
        return;
      } catch (IOException notYet) {
        if (!process.isAlive()) {
          throw new AssertionError(Files.readString(directory.resolve("registry.log")));
        }
        Thread.sleep(20);
      }
    }
    throw new AssertionError("docker-registry does not listen");
  }

  int port() {
    return port;
  }

  /** The authority that signed its certificate. */
  Path authority() {
    return directory.resolve("ca.pem");
  }

  /** Ends the process at once. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("docker-registry outlived SIGKILL");
    }
  }

  /** Starts it again on the same data and port. */
  void restart() throws IOException, InterruptedException {
    process = launch(directory);
    awaitListening();
  }

  /** Whether the repository has the blob: what it would answer to a HEAD. */
  boolean has(String repository, String digest) {
    return Files.exists(
        repository(repository)
            .resolve("_layers/sha256/" + digest.substring("sha256:".length()) + "/link"));
  }

  /** The digest that the tag stands for, or nothing. */
  String tag(String repository, String tag) throws IOException {
    Path link = repository(repository).resolve("_manifests/tags/" + tag + "/current/link");
    return Files.exists(link) ? Files.readString(link) : "";
  }

  private Path repository(String name) {
    return directory.resolve("store/docker/registry/v2/repositories/" + name);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
