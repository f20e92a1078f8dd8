package dev.cairn.linux.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An OCI runtime program that is installed here.
 *
 * @param version the first line it prints, such as {@code runc version 1.1.5}
 */
public record OciRuntime(Path program, String version) {
  private static final List<String> PLACES =
      List.of("/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin");

  /** Finds a program by name or absolute path and asks its version. */
  public static Optional<OciRuntime> find(String name) {
    var candidates =
        name.startsWith("/")
            ? List.of(Path.of(name))
            : PLACES.stream().map(place -> Path.of(place, name)).toList();
    return candidates.stream()
        .filter(Files::isExecutable)
        .findFirst()
        .map(program -> new OciRuntime(program, version(program)));
  }

  private static String version(Path program) {
    try {
      return call(List.of(program.toString(), "--version"), Duration.ofSeconds(10))
          .lines()
          .findFirst()
          .orElse("unknown version");
    } catch (IOException e) {
      return "unknown version: " + e.getMessage();
    }
  }

  /** The arguments that begin every call with our own state directory. */
  List<String> command(Path root, String... arguments) {
    var command = new ArrayList<String>();
    command.add(program.toString());
    command.add("--root");
    command.add(root.toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Removes a container, killing what is left of it; one that does not exist is no error. */
  void delete(Path root, String id) throws IOException {
    call(command(root, "delete", "--force", id), Duration.ofSeconds(20));
  }

  /** Runs a short command of ours, not a step, and returns what it printed, at most 64 KiB. */
  private static String call(List<String> command, Duration most) throws IOException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    boolean interrupted = false;
    process.getOutputStream().close();
    try (var in = process.getInputStream()) {
      process
          .onExit()
          .orTimeout(most.toMillis(), TimeUnit.MILLISECONDS)
          .exceptionally(e -> {
            process.destroyForcibly();
            return process;
          });
      var text = new String(in.readNBytes(64 * 1024), StandardCharsets.UTF_8);
      while (true) {
        try {
          process.waitFor();
          return text;
        } catch (InterruptedException e) {
          // Clean-up must end also in a cancelled build; the interrupt is handed on below.
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
