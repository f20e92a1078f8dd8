package dev.cairn.build;

import java.time.Duration;
import java.util.Optional;

/**
 * What a build may take. Absent values are the installation's.
 *
 * @param queue longest wait before it starts
 * @param run longest time from start to the end of the last step
 * @param step longest time of one step
 * @param push longest time to publish
 * @param cpus processors, in thousandths
 * @param memoryBytes memory of all steps together
 * @param diskBytes disk space of all steps together; no single file is longer either
 * @param inodes files, directories and links that all steps together make
 * @param processes processes and threads of all steps together
 * @param network what steps reach; every command may be narrowed further
 */
public record Limits(
    Optional<Duration> queue,
    Optional<Duration> run,
    Optional<Duration> step,
    Optional<Duration> push,
    Optional<Integer> cpus,
    Optional<Long> memoryBytes,
    Optional<Long> diskBytes,
    Optional<Long> inodes,
    Optional<Integer> processes,
    Optional<StepReach> network) {

  /** The installation's limits. */
  public static final Limits DEFAULT =
      new Limits(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
}
