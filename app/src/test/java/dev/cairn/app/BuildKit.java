package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The judge: a BuildKit daemon of the version that scripts/install-buildkit builds. */
final class BuildKit implements AutoCloseable {
  private static final Path TOOLS =
      Path.of(System.getProperty("user.home"), ".cache", "cairn", "tools");

  private final Path root;
  private final Process daemon;

  private BuildKit(Path root, Process daemon) {
    this.root = root;
    this.daemon = daemon;
  }

  /** Whether it is installed. */
  static boolean isInstalled() {
    return Files.isExecutable(TOOLS.resolve("buildkitd"))
        && Files.isExecutable(TOOLS.resolve("buildctl"));
  }

  /** Starts a daemon with all its state below the directory. */
  static BuildKit start(Path root) throws IOException, InterruptedException {
    Files.createDirectories(root);
    Process daemon =
        new ProcessBuilder(
                TOOLS.resolve("buildkitd").toString(),
                "--oci-worker-net=host",
                "--root",
                root.resolve("data").toString(),
                "--addr",
                "unix://" + root.resolve("socket"))
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("log").toFile())
            .start();
    var buildKit = new BuildKit(root, daemon);
    for (int i = 0; i < 600; i++) {
      if (!daemon.isAlive()) {
        throw new AssertionError("buildkitd ended:\n" + Files.readString(root.resolve("log")));
      }
      if (Files.exists(root.resolve("socket"))
          && buildKit.run(List.of("debug", "workers")).code() == 0) {
        return buildKit;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("buildkitd did not start");
  }

  /** How a command ended, with all it said. */
  record Outcome(int code, String output) {}

  /** Builds the case to an OCI archive. */
  Outcome build(Case test, Case.Prepared prepared, String base, Path destination)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("build", "--progress=plain", "--no-cache"));
    arguments.addAll(List.of("--frontend", "dockerfile.v0"));
    arguments.addAll(List.of("--local", "context=" + prepared.context()));
    arguments.addAll(List.of("--local", "dockerfile=" + prepared.dockerfile().getParent()));
    arguments.addAll(List.of("--opt", "build-arg:BASE=" + base));
    for (Map.Entry<String, String> each : test.arguments().entrySet()) {
      arguments.addAll(List.of("--opt", "build-arg:" + each.getKey() + "=" + each.getValue()));
    }
    if (!test.target().isEmpty()) {
      arguments.addAll(List.of("--opt", "target=" + test.target()));
    }
    for (Map.Entry<String, Path> each : prepared.secrets().entrySet()) {
      arguments.addAll(List.of("--secret", "id=" + each.getKey() + ",src=" + each.getValue()));
    }
    arguments.addAll(List.of("--output", "type=oci,dest=" + destination));
    return run(arguments);
  }

  /**
   * Builds a Dockerfile and pushes the image to a registry without TLS.
   *
   * @param options more of the client's options
   * @param login directory with the client's {@code config.json}, which holds the registry's login
   */
  Outcome push(Case.Prepared prepared, List<String> options, String reference, Path login)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("build", "--progress=plain", "--no-cache"));
    arguments.addAll(List.of("--frontend", "dockerfile.v0"));
    arguments.addAll(List.of("--local", "context=" + prepared.context()));
    arguments.addAll(List.of("--local", "dockerfile=" + prepared.dockerfile().getParent()));
    for (Map.Entry<String, Path> each : prepared.secrets().entrySet()) {
      arguments.addAll(List.of("--secret", "id=" + each.getKey() + ",src=" + each.getValue()));
    }
    arguments.addAll(options);
    arguments.addAll(
        List.of("--output", "type=image,name=" + reference + ",push=true,registry.insecure=true"));
    return run(arguments, Map.of("DOCKER_CONFIG", login.toString()));
  }

  private Outcome run(List<String> arguments) throws IOException, InterruptedException {
    return run(arguments, Map.of());
  }

  private Outcome run(List<String> arguments, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                TOOLS.resolve("buildctl").toString(),
                "--addr",
                "unix://" + root.resolve("socket")));
    command.addAll(arguments);
    Commands.Outcome outcome = Commands.run(root, environment, command);
    return new Outcome(outcome.code(), outcome.output());
  }

  @Override
  public void close() {
    daemon.destroy();
    if (daemon.onExit().completeOnTimeout(daemon, 20, TimeUnit.SECONDS).join().isAlive()) {
      daemon.destroyForcibly();
    }
  }
}
