package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Docker daemon of the test's own, with the containerd that it starts: everything below one
 * directory, no network of the machine touched.
 */
final class DockerDaemon implements AutoCloseable {
  private final Path root;
  private final Process daemon;

  private DockerDaemon(Path root, Process daemon) {
    this.root = root;
    this.daemon = daemon;
  }

  /** Starts it and waits until it answers. */
  static DockerDaemon start(Path root) throws IOException, InterruptedException {
    Files.createDirectories(root.resolve("client"));
    Process process =
        new ProcessBuilder(
                "dockerd",
                "--data-root=" + root.resolve("data"),
                "--exec-root=" + root.resolve("exec"),
                "--pidfile=" + root.resolve("pid"),
                "--host=unix://" + root.resolve("socket"),
                "--iptables=false",
                "--ip6tables=false",
                "--bridge=none",
                "--storage-driver=vfs")
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("log").toFile())
            .start();
    var docker = new DockerDaemon(root, process);
    for (int i = 0; i < 600; i++) {
      if (!process.isAlive()) {
        throw new AssertionError("dockerd ended:\n" + Files.readString(root.resolve("log")));
      }
      if (Files.exists(root.resolve("socket")) && docker.outcome("version").code() == 0) {
        return docker;
      }
      Thread.sleep(100);
    }
    docker.close();
    throw new AssertionError("dockerd did not start:\n" + Files.readString(root.resolve("log")));
  }

  /** Runs the docker command. */
  Commands.Outcome outcome(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return Commands.run(
        root,
        Map.of(
            "DOCKER_HOST",
            "unix://" + root.resolve("socket"),
            "DOCKER_CONFIG",
            root.resolve("client").toString()),
        command);
  }

  /** Runs the docker command, which must end well. */
  String run(String... arguments) throws IOException, InterruptedException {
    return checked(List.of(arguments), outcome(arguments));
  }

  /** Runs containerd's command on the daemon's containerd, which must end well. */
  String ctr(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "ctr",
                "--address=" + root.resolve("exec/containerd/containerd.sock"),
                "--namespace=test"));
    command.addAll(List.of(arguments));
    return checked(List.of(arguments), Commands.run(root, Map.of(), command));
  }

  private static String checked(List<String> arguments, Commands.Outcome outcome) {
    if (outcome.code() != 0) {
      throw new AssertionError(
          String.join(" ", arguments) + " ended with " + outcome.code() + ":\n" + outcome.output());
    }
    return outcome.output();
  }

  @Override
  public void close() {
    daemon.destroy();
    try {
      if (!daemon.waitFor(30, TimeUnit.SECONDS)) {
        daemon.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      daemon.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
