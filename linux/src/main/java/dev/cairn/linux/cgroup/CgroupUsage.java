package dev.cairn.linux.cgroup;

import java.time.Duration;

/**
 * What a group used so far; zero where the kernel does not count it.
 *
 * @param peakMemoryBytes the most memory at one time, with the pages of the files it touched
 * @param cpu processor time
 * @param peakProcesses the most processes and threads at one time
 * @param oomKills processes killed for want of memory
 * @param memoryHits how often the group's own memory limit was reached; where nothing was killed,
 *     pages of files made room
 * @param processHits how often a process or thread could not be made for a limit of their number
 */
public record CgroupUsage(
    long peakMemoryBytes,
    Duration cpu,
    long peakProcesses,
    long oomKills,
    long memoryHits,
    long processHits) {
  /** Nothing. */
  public static final CgroupUsage NONE = new CgroupUsage(0, Duration.ZERO, 0, 0, 0, 0);
}
