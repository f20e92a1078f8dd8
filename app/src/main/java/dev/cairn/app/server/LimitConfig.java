package dev.cairn.app.server;

import dev.cairn.build.Limits;
import java.util.Optional;

/**
 * What the operator says about limits; what is left out, {@link MachineLimits} finds for this
 * machine.
 *
 * @param usual what a build gets that asks for nothing
 * @param most what a build may ask for
 * @param all what all builds may take together
 */
public record LimitConfig(Limits usual, Limits most, All all) {
  /** Nothing said. */
  public static final LimitConfig OF_THE_MACHINE =
      new LimitConfig(
          Limits.DEFAULT,
          Limits.DEFAULT,
          new All(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));

  /**
   * All builds together.
   *
   * @param memoryBytes of all running steps
   * @param processes and threads of all running steps
   * @param weight of their processor and disk time beside the rest of the machine, which has 100
   * @param cacheMountBytes that cache mounts keep between builds
   */
  public record All(
      Optional<Long> memoryBytes,
      Optional<Long> processes,
      Optional<Integer> weight,
      Optional<Long> cacheMountBytes) {}
}
