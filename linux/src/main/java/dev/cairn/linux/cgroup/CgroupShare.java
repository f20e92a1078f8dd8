package dev.cairn.linux.cgroup;

import java.util.OptionalLong;

/**
 * What all builds of an installation may take together, so that the service beside them and the
 * machine below them stay alive whatever they do.
 *
 * @param weight of their processor and disk time while others want some: 100 is that of any other
 *     group, less gives way
 * @param memoryBytes of all together
 * @param processes and threads of all together
 */
public record CgroupShare(int weight, OptionalLong memoryBytes, OptionalLong processes) {
  /** No limits, and the weight of any other group. */
  public static final CgroupShare NONE =
      new CgroupShare(100, OptionalLong.empty(), OptionalLong.empty());

  /** Refuses a weight that the kernel would not take. */
  public CgroupShare {
    if (weight < 1 || weight > 10_000) {
      throw new IllegalArgumentException("a weight is 1 to 10000, not " + weight);
    }
  }
}
