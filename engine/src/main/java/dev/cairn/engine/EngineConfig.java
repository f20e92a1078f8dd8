package dev.cairn.engine;

import dev.cairn.engine.run.CommandSurroundings;
import dev.cairn.engine.step.Privileges;
import dev.cairn.linux.cgroup.CgroupShare;
import dev.cairn.linux.namespace.Standing;
import dev.cairn.linux.sandbox.SandboxSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * How this installation builds.
 *
 * @param data a directory of the engine's own, on a disk: trees, cache volumes, what steps are
 *     shown
 * @param sandbox which runtimes and rungs may be used, and where
 * @param parallelRuns how many commands run at once, all builds together
 * @param surroundings what commands reach and are told
 * @param stepTime the longest time of one command, unless its build says another
 * @param logBytes how much of one command's output is kept
 * @param treesKept how many unpacked layers are kept beyond those in use
 * @param share what all builds may take of the machine together
 * @param cacheMountBytes how much the cache mounts of all tenants together keep between builds
 * @param privileges what the operator allows commands beyond the usual
 */
public record EngineConfig(
    Path data,
    SandboxSettings sandbox,
    int parallelRuns,
    CommandSurroundings surroundings,
    Duration stepTime,
    long logBytes,
    int treesKept,
    CgroupShare share,
    long cacheMountBytes,
    Privileges privileges) {

  /** The usual weight of builds: while the service wants processors, it gets four fifths. */
  public static final int BUILD_WEIGHT = 25;

  /** Where every user may pass and none but root makes directories (hier(7)). */
  private static final Path RUN = Path.of("/run");

  /**
   * What is mounted for steps: where only root makes directories, or what is an ordinary user's.
   */
  private static Path sandbox(Path data, String prefix) {
    return Standing.own().isRoot() ? RUN.resolve(prefix) : data.resolve("sandbox");
  }

  /** Checks the numbers. */
  public EngineConfig {
    data = data.toAbsolutePath().normalize();
    if (parallelRuns < 1 || logBytes < 1024 || treesKept < 0) {
      throw new IllegalArgumentException(
          "the engine runs at least one command at once and keeps at least 1 KiB of its output");
    }
  }

  /** The usual: as many commands as processors and two more, an hour each, 8 MiB of output. */
  public static EngineConfig in(Path data) {
    return new EngineConfig(
        data,
        SandboxSettings.in(sandbox(data, "cairn"), data),
        Runtime.getRuntime().availableProcessors() + 2,
        CommandSurroundings.USUAL,
        Duration.ofHours(1),
        8 << 20,
        500,
        new CgroupShare(BUILD_WEIGHT, OptionalLong.empty(), OptionalLong.empty()),
        20L << 30,
        Privileges.NONE);
  }

  /** The same with another prefix, which two installations on one machine need. */
  public EngineConfig withPrefix(String other) {
    return with(
        new SandboxSettings(
            sandbox(data, other),
            data,
            other,
            sandbox.thirtyTwoBit(),
            sandbox.runtimes(),
            sandbox.rungs()));
  }

  /** The same with another sandbox. */
  public EngineConfig with(SandboxSettings other) {
    return new EngineConfig(
        data,
        other,
        parallelRuns,
        surroundings,
        stepTime,
        logBytes,
        treesKept,
        share,
        cacheMountBytes,
        privileges);
  }

  /** The same with other runtimes to try. */
  public EngineConfig withRuntimes(List<String> others) {
    return with(sandbox.withRuntimes(others));
  }

  /** The same with something else around commands. */
  public EngineConfig with(CommandSurroundings other) {
    return new EngineConfig(
        data,
        sandbox,
        parallelRuns,
        other,
        stepTime,
        logBytes,
        treesKept,
        share,
        cacheMountBytes,
        privileges);
  }

  /** The same with other bounds for all builds together. */
  public EngineConfig withShare(CgroupShare other, long cacheMounts) {
    return new EngineConfig(
        data,
        sandbox,
        parallelRuns,
        surroundings,
        stepTime,
        logBytes,
        treesKept,
        other,
        cacheMounts,
        privileges);
  }

  /** The same, allowing commands these. */
  public EngineConfig withPrivileges(Privileges others) {
    return new EngineConfig(
        data,
        sandbox,
        parallelRuns,
        surroundings,
        stepTime,
        logBytes,
        treesKept,
        share,
        cacheMountBytes,
        others);
  }
}
