package dev.cairn.app.server;

import com.sun.management.OperatingSystemMXBean;
import dev.cairn.build.Limits;
import dev.cairn.engine.EngineConfig;
import dev.cairn.linux.cgroup.CgroupShare;
import dev.cairn.linux.file.DiskSpace;
import dev.cairn.service.queue.BuildLimits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The limits of this installation: what the operator says, and for the rest what suits the machine.
 * docs/configuration.md tells the rules.
 *
 * @param builds of each build
 * @param share of all together
 * @param cacheMountBytes kept between builds
 */
record MachineLimits(BuildLimits builds, CgroupShare share, long cacheMountBytes) {
  private static final long GIB = 1L << 30;

  /** What the machine has, as far as limits depend on it. */
  record Machine(long memoryBytes, long processes, DiskSpace disk) {
    static Machine probe(Path data) throws IOException {
      Path there = data;
      while (there.getParent() != null && !Files.isDirectory(there)) {
        there = there.getParent();
      }
      // As this process may use it, so inside a container that container's.
      var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
      return new Machine(
          system.getTotalMemorySize(),
          Math.min(number("/proc/sys/kernel/pid_max"), number("/proc/sys/kernel/threads-max")),
          DiskSpace.of(there));
    }

    private static long number(String file) throws IOException {
      // In one read: the kernel gives the rest of such a file to nobody who comes in small steps.
      try (var in = Files.newInputStream(Path.of(file))) {
        return Long.parseLong(new String(in.readNBytes(64), StandardCharsets.US_ASCII).strip());
      }
    }
  }

  static MachineLimits of(LimitConfig config, int slots, Machine machine) {
    LimitConfig.All all = config.all();
    // The service itself and the machine below keep an eighth, and 768 MiB at least.
    long memory =
        all.memoryBytes()
            .orElse(
                Math.max(
                    machine.memoryBytes() / 2,
                    machine.memoryBytes() - Math.max(768L << 20, machine.memoryBytes() / 8)));
    long processes = all.processes().orElse(machine.processes() / 2);
    Limits most = config.most();
    Limits bounds =
        limits(
            most,
            most.memoryBytes().or(() -> Optional.of(memory)),
            most.diskBytes().or(() -> Optional.of(machine.disk().bytes() / 4 * 3)),
            most.inodes().or(() -> some(machine.disk().inodes() / 4 * 3)),
            most.processes().or(() -> Optional.of(whole(processes))));
    Limits said = config.usual();
    Limits usual =
        limits(
            said,
            said.memoryBytes()
                .or(() -> Optional.of(Math.min(memory, Math.max(2 * GIB, memory / slots)))),
            said.diskBytes().or(() -> Optional.of(Math.min(20 * GIB, machine.disk().bytes() / 2))),
            said.inodes()
                .or(() -> Optional.of(least(2_000_000, some(machine.disk().inodes() / 4)))),
            said.processes().or(() -> Optional.of(whole(Math.min(4096, processes / 2)))));
    return new MachineLimits(
        new BuildLimits(usual, bounds),
        new CgroupShare(
            all.weight().orElse(EngineConfig.BUILD_WEIGHT),
            OptionalLong.of(memory),
            OptionalLong.of(processes)),
        all.cacheMountBytes().orElse(Math.min(20 * GIB, machine.disk().bytes() / 5)));
  }

  private static Limits limits(
      Limits said,
      Optional<Long> memory,
      Optional<Long> disk,
      Optional<Long> inodes,
      Optional<Integer> processes) {
    return new Limits(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        said.cpus(),
        memory,
        disk,
        inodes,
        processes,
        Optional.empty());
  }

  /** None on a file system that makes inodes as needed. */
  private static Optional<Long> some(long number) {
    return number > 0 ? Optional.of(number) : Optional.empty();
  }

  private static long least(long number, Optional<Long> other) {
    return Math.min(number, other.orElse(number));
  }

  private static int whole(long number) {
    return (int) Math.min(Integer.MAX_VALUE, number);
  }
}
