package dev.cairn.linux.cgroup;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a group of processes may use; an absent limit is none.
 *
 * @param cpus processors, such as 1.5
 * @param memoryBytes memory, and memory with swap where the kernel counts it
 * @param processes processes and threads
 */
public record CgroupLimits(OptionalDouble cpus, OptionalLong memoryBytes, OptionalLong processes) {
  /** No limits. */
  public static final CgroupLimits NONE =
      new CgroupLimits(OptionalDouble.empty(), OptionalLong.empty(), OptionalLong.empty());

  /** Refuses what is not positive. */
  public CgroupLimits {
    if (cpus.isPresent() && !(cpus.getAsDouble() >= 0.01)) {
      throw new IllegalArgumentException("cpus is at least 0.01, not " + cpus.getAsDouble());
    }
    if (memoryBytes.isPresent() && memoryBytes.getAsLong() < 4 << 20) {
      throw new IllegalArgumentException("memory is at least 4 MiB: " + memoryBytes.getAsLong());
    }
    if (processes.isPresent() && processes.getAsLong() < 1) {
      throw new IllegalArgumentException("processes is at least 1: " + processes.getAsLong());
    }
  }

  /** These, with a memory limit. */
  public CgroupLimits withMemory(long bytes) {
    return new CgroupLimits(cpus, OptionalLong.of(bytes), processes);
  }

  /** These, with a number of processes and threads. */
  public CgroupLimits withProcesses(long most) {
    return new CgroupLimits(cpus, memoryBytes, OptionalLong.of(most));
  }

  /** These, with a share of processors. */
  public CgroupLimits withCpus(double most) {
    return new CgroupLimits(OptionalDouble.of(most), memoryBytes, processes);
  }
}
