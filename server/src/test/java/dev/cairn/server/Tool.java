package dev.cairn.server;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Commands of the machine that a test needs. */
public final class Tool {
  /** How a command ended, with all that it printed. */
  public record Outcome(int code, String output) {}

  private Tool() {}

  /** Whether the machine has it. */
  public static boolean exists(String name) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
  }

  /** Runs a command to its end. */
  public static Outcome outcome(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output;
    try (var in = process.getInputStream()) {
      output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    return new Outcome(process.waitFor(), output);
  }

  /** Runs a command that must end well, and returns what it printed. */
  public static String run(String... command) throws IOException, InterruptedException {
    Outcome outcome = outcome(command);
    if (outcome.code() != 0) {
      throw new AssertionError(
          String.join(" ", command) + " ended with " + outcome.code() + ":\n" + outcome.output());
    }
    return outcome.output();
  }
}
