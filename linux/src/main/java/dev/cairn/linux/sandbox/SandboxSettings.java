package dev.cairn.linux.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * Where and how this installation runs steps.
 *
 * @param directory for bundles, merged trees and the runtime's state, this service's alone; every
 *     directory above it needs mode 0711 or more, because a step's root walks through them
 * @param trees a directory on the file system of the trees, where the rungs are tried
 * @param prefix of cgroups and container names; two installations on one host need two
 * @param thirtyTwoBit which steps may run 32-bit programs
 * @param runtimes programs to try, best first, by name or path
 * @param rungs which will do
 */
public record SandboxSettings(
    Path directory,
    Path trees,
    String prefix,
    ThirtyTwoBit thirtyTwoBit,
    List<String> runtimes,
    Rungs rungs) {

  /**
   * A range of rungs.
   *
   * @param lowest the operator's minimum: where only less works, nothing starts
   * @param highest where trying begins
   */
  public record Rungs(IsolationRung lowest, IsolationRung highest) {
    /** Whatever works, the best first. */
    public static final Rungs ANY = new Rungs(IsolationRung.PLAIN, IsolationRung.MICRO_VM);

    /** Checks the order. */
    public Rungs {
      if (!highest.isAtLeast(lowest)) {
        throw new IllegalArgumentException(highest + " is below " + lowest);
      }
    }

    /** At least this one. */
    public static Rungs from(IsolationRung lowest) {
      return new Rungs(lowest, IsolationRung.MICRO_VM);
    }

    /** This one alone. */
    public static Rungs only(IsolationRung rung) {
      return new Rungs(rung, rung);
    }

    boolean contains(IsolationRung rung) {
      return rung.isAtLeast(lowest) && highest.isAtLeast(rung);
    }
  }

  /** Checks and copies. */
  public SandboxSettings {
    directory = directory.toAbsolutePath().normalize();
    trees = trees.toAbsolutePath().normalize();
    runtimes = List.copyOf(runtimes);
    if (!prefix.matches("[a-z][a-z0-9-]{0,30}")) {
      throw new IllegalArgumentException("not a prefix for cgroups and containers: " + prefix);
    }
  }

  /** The usual ones. */
  public static SandboxSettings in(Path directory, Path trees) {
    return new SandboxSettings(
        directory, trees, "cairn", ThirtyTwoBit.BY_STEP, List.of("crun", "runc"), Rungs.ANY);
  }

  /** The same with another prefix. */
  public SandboxSettings withPrefix(String other) {
    return new SandboxSettings(directory, trees, other, thirtyTwoBit, runtimes, rungs);
  }

  /** The same with other runtimes. */
  public SandboxSettings withRuntimes(List<String> others) {
    return new SandboxSettings(directory, trees, prefix, thirtyTwoBit, others, rungs);
  }

  /** The same, letting these steps run 32-bit programs. */
  public SandboxSettings withThirtyTwoBit(ThirtyTwoBit other) {
    return new SandboxSettings(directory, trees, prefix, other, runtimes, rungs);
  }

  /** The same on other rungs. */
  public SandboxSettings withRungs(Rungs others) {
    return new SandboxSettings(directory, trees, prefix, thirtyTwoBit, runtimes, others);
  }

  Path runtimeRoot() {
    return directory.resolve("runtime");
  }

  Path bundles() {
    return directory.resolve("steps");
  }

  Path devices() {
    return directory.resolve("devices");
  }

  Path roots() {
    return directory.resolve("roots");
  }
}
