package dev.cairn.app.demo;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server of its own process that goes on when this command ends. */
record BackgroundServer(ProcessHandle process, String host) {
  private static final int USUAL_PORT = 7070;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * Starts it and waits until it is healthy.
   *
   * @param launcher the {@code cairn} script
   * @param data its data directory
   * @param log where its log goes
   */
  static BackgroundServer start(Path launcher, Path data, Path log)
      throws IOException, InterruptedException {
    String host = "127.0.0.1:" + freePort();
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      // A session of its own, so that an interrupt typed at this terminal does not reach it.
      command.add("/usr/bin/setsid");
    }
    command.addAll(List.of(launcher.toString(), "serve", "--listen", host));
    command.addAll(List.of("--data", data.toString()));
    Files.createDirectories(log.toAbsolutePath().getParent());
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    var server = new BackgroundServer(process.toHandle(), host);
    server.awaitHealthy(log);
    return server;
  }

  private static int freePort() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (var usual = new ServerSocket(USUAL_PORT, 1, loopback)) {
      return usual.getLocalPort();
    } catch (IOException taken) {
      try (var any = new ServerSocket(0, 1, loopback)) {
        return any.getLocalPort();
      }
    }
  }

  private void awaitHealthy(Path log) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline && process.isAlive()) {
      try {
        var connection = (HttpURLConnection) URI.create(url() + "/health").toURL().openConnection();
        connection.setConnectTimeout(500);
        connection.setReadTimeout(2000);
        if (connection.getResponseCode() == 200) {
          return;
        }
      } catch (IOException notYet) {
        // It is still starting.
      }
      Thread.sleep(30);
    }
    process.destroy();
    throw new IOException("the server did not start; its log is " + log);
  }

  String url() {
    return "http://" + host;
  }
}
