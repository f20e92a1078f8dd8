package dev.cairn.app;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The real server as its users run it: a process of its own, started through the command line, with
 * a data directory that outlives it.
 */
final class LiveServer implements AutoCloseable {
  private final Launch launch;
  private final Path data;
  private final int port;
  private final List<String> javaOptions;
  private final List<String> serveOptions;
  private Process process;

  private LiveServer(
      Launch launch, Path data, int port, List<String> javaOptions, List<String> serveOptions)
      throws IOException {
    this.launch = launch;
    this.data = data;
    this.port = port;
    this.javaOptions = javaOptions;
    this.serveOptions = serveOptions;
    this.process = launched();
  }

  /** Starts a server on a free port and waits until it is healthy. */
  static LiveServer start(Path data, List<String> javaOptions, String... serveOptions)
      throws IOException, InterruptedException {
    return start(new Launch.OfRoot(), data, javaOptions, serveOptions);
  }

  /** The same, started by somebody. */
  static LiveServer start(
      Launch launch, Path data, List<String> javaOptions, String... serveOptions)
      throws IOException, InterruptedException {
    int port;
    try (var probe = new ServerSocket(0)) {
      port = probe.getLocalPort();
    }
    Files.createDirectories(data);
    launch.own(data);
    var server = new LiveServer(launch, data, port, javaOptions, List.of(serveOptions));
    server.awaitHealthy();
    return server;
  }

  private Process launched() throws IOException {
    List<String> arguments = new ArrayList<>(List.of("serve", "--listen", "127.0.0.1:" + port));
    arguments.addAll(List.of("--data", data.toString()));
    arguments.addAll(serveOptions);
    return launch.start(javaOptions, arguments, data.resolveSibling(data.getFileName() + ".log"));
  }

  /** The command line of the program as its users run it, but for the launcher. */
  static List<String> command(List<String> javaOptions, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", classPath(), Main.class.getName()));
    command.addAll(arguments);
    return command;
  }

  /** What users run: without the tests, whose settings would silence its log. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(each -> !each.endsWith("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Runs the command line and returns what it printed, having checked that it ended well. */
  static String cairn(String... arguments) throws IOException, InterruptedException {
    return cairn(new byte[0], arguments);
  }

  /** The same, with something on its standard input. */
  static String cairn(byte[] input, String... arguments) throws IOException, InterruptedException {
    Outcome outcome = run(input, List.of(), arguments);
    if (outcome.exitCode() != 0) {
      throw new AssertionError(
          "cairn "
              + String.join(" ", arguments)
              + " ended with "
              + outcome.exitCode()
              + ":\n"
              + outcome.error());
    }
    return outcome.output();
  }

  /**
   * How a run of the command line ended.
   *
   * @param exitCode of the process
   * @param output what it wrote to its standard output
   * @param error what it wrote to its standard error
   */
  record Outcome(int exitCode, String output, String error) {}

  /** Runs the command line, with more environment as {@code NAME=value}. */
  static Outcome run(byte[] input, List<String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path error = Files.createTempFile("cairn-command", ".err");
    try {
      var builder =
          new ProcessBuilder(command(List.of(), List.of(arguments))).redirectError(error.toFile());
      for (String each : environment) {
        int equals = each.indexOf('=');
        builder.environment().put(each.substring(0, equals), each.substring(equals + 1));
      }
      Process process = builder.start();
      try (var in = process.getOutputStream()) {
        in.write(input);
      }
      String output;
      try (InputStream out = process.getInputStream()) {
        output = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      }
      int code = process.waitFor();
      return new Outcome(code, output, Files.readString(error));
    } finally {
      Files.deleteIfExists(error);
    }
  }

  /** Where it listens. */
  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Host and port, as in an image reference. */
  String host() {
    return "127.0.0.1:" + port;
  }

  /** The data directory. */
  Path data() {
    return data;
  }

  /** The process id of the server itself. */
  long pid() throws IOException {
    return launch.pid(process);
  }

  /** Whether it is an ordinary user's. */
  boolean isOfUser() {
    return switch (launch) {
      case Launch.OfRoot root -> false;
      case Launch.OfUser user -> true;
    };
  }

  /** Where its engine keeps what it unpacks. */
  Path engine() throws IOException {
    return launch.engine(data.toRealPath());
  }

  /** Where it keeps mounts and bundles of steps. */
  Path sandbox() throws IOException {
    return launch.sandbox(data.toRealPath());
  }

  /** A new token of the tenant with these rights, comma-separated; none: the usual ones. */
  String token(String tenant, String... rights) throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(List.of("token", "create", "--data", data.toString(), "--tenant", tenant));
    if (rights.length > 0) {
      arguments.addAll(List.of("--rights", String.join(",", rights)));
    }
    Outcome outcome = launch.run(arguments.toArray(String[]::new));
    if (outcome.exitCode() != 0) {
      throw new AssertionError("no token for " + tenant + ": " + outcome.error());
    }
    return outcome.output().strip();
  }

  /** Ends the process at once, as a power cut for it. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the server outlived SIGKILL");
    }
  }

  /** Starts it again on the same data and port. */
  void restart() throws IOException, InterruptedException {
    process = launched();
    awaitHealthy();
  }

  /** Whether the process lives. */
  boolean isAlive() {
    return process.isAlive();
  }

  private void awaitHealthy() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (System.nanoTime() < deadline) {
      if (!process.isAlive()) {
        throw new AssertionError("the server ended with " + process.exitValue() + ":\n" + log());
      }
      try {
        var connection = (HttpURLConnection) URI.create(url() + "/health").toURL().openConnection();
        connection.setConnectTimeout(1000);
        connection.setReadTimeout(5000);
        if (connection.getResponseCode() == 200) {
          return;
        }
      } catch (IOException notYet) {
        // It is still starting.
      }
      Thread.sleep(30);
    }
    throw new AssertionError("the server was not healthy within three minutes:\n" + log());
  }

  /** What it has logged so far. */
  String log() throws IOException {
    Path log = data.resolveSibling(data.getFileName() + ".log");
    return Files.exists(log) ? Files.readString(log) : "";
  }

  @Override
  public void close() {
    process.destroy();
    if (process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join().isAlive()) {
      process.destroyForcibly();
    }
  }
}
