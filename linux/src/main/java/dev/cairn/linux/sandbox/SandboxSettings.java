package dev.cairn.linux.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * Where and how this installation runs steps.
 *
 * @param directory for bundles and the runtime's state, this service's alone; its parents need mode
 *     0711 or more
 * @param prefix of cgroups and container names; two installations on one host need two
 * @param thirtyTwoBit whether 32-bit programs may run; without them a start by runc is about 10 ms
 *     faster, because the filter of system calls is shorter
 * @param runtimes programs to try, best first, by name or path
 */
public record SandboxSettings(
    Path directory, String prefix, boolean thirtyTwoBit, List<String> runtimes) {
  /** Checks and copies. */
  public SandboxSettings {
    directory = directory.toAbsolutePath().normalize();
    runtimes = List.copyOf(runtimes);
    if (!prefix.matches("[a-z][a-z0-9-]{0,30}")) {
      throw new IllegalArgumentException("not a prefix for cgroups and containers: " + prefix);
    }
  }

  /** The usual ones. */
  public static SandboxSettings in(Path directory) {
    return new SandboxSettings(directory, "cairn", true, List.of("crun", "runc"));
  }

  Path runtimeRoot() {
    return directory.resolve("runtime");
  }

  Path bundles() {
    return directory.resolve("steps");
  }
}
