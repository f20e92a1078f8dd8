package dev.cairn.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Other people's programs, run and waited for. */
final class Commands {
  private Commands() {}

  /** How a command ended, with all that it printed. */
  record Outcome(int code, String output) {}

  /** Runs a command with more environment. */
  static Outcome run(Path directory, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output;
    try (var in = process.getInputStream()) {
      output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    return new Outcome(process.waitFor(), output);
  }

  /** Runs a command that must end well, and returns what it printed. */
  static String succeed(Path directory, String... command)
      throws IOException, InterruptedException {
    Outcome outcome = run(directory, Map.of(), List.of(command));
    if (outcome.code() != 0) {
      throw new AssertionError(
          String.join(" ", command) + " ended with " + outcome.code() + ":\n" + outcome.output());
    }
    return outcome.output();
  }
}
