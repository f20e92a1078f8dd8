package dev.cairn.app.command;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a command finds around it.
 *
 * @param in standard input
 * @param out standard output: results alone
 * @param err standard error: progress and messages
 * @param environment the environment variables
 * @param directory against which relative paths are read
 */
public record Surroundings(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    Path directory) {

  public Surroundings {
    environment = Map.copyOf(environment);
  }

  /** Those of this process. */
  public static Surroundings ofProcess() {
    return new Surroundings(
        System.in, System.out, System.err, System.getenv(), Path.of("").toAbsolutePath());
  }

  /** A variable that is set and not empty. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /** A path as the user wrote it. */
  public Path path(String text) {
    return directory.resolve(text).normalize();
  }

  /**
   * The data directory where none is named: {@code $CAIRN_DATA}; for root {@code /var/lib/cairn};
   * else below {@code $XDG_DATA_HOME} or {@code ~/.local/share}.
   */
  public Path dataDirectory() {
    Optional<String> named = variable("CAIRN_DATA");
    if (named.isPresent()) {
      return path(named.get());
    }
    if (System.getProperty("user.name", "").equals("root")) {
      return Path.of("/var/lib/cairn");
    }
    return variable("XDG_DATA_HOME")
        .map(this::path)
        .orElseGet(() -> Path.of(System.getProperty("user.home", "."), ".local", "share"))
        .resolve("cairn");
  }
}
