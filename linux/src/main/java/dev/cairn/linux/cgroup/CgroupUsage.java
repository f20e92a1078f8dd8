package dev.cairn.linux.cgroup;

import java.time.Duration;

/**
 * What a group used so far; zero where the kernel does not count it.
 *
 * @param peakMemoryBytes the most memory at one time
 * @param cpu processor time
 * @param oomKills processes killed for want of memory
 */
public record CgroupUsage(long peakMemoryBytes, Duration cpu, long oomKills) {}
