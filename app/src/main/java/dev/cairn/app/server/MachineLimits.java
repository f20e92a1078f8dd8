package dev.cairn.app.server;

import com.sun.management.OperatingSystemMXBean;
import dev.cairn.build.Limits;
import dev.cairn.engine.EngineConfig;
import dev.cairn.linux.cgroup.CgroupShare;
import dev.cairn.linux.file.DiskSpace;
import dev.cairn.linux.host.KernelSettings;
import dev.cairn.service.queue.BuildLimits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
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
          Math.min(number("kernel/pid_max"), number("kernel/threads-max")),
          DiskSpace.of(there));
    }

    private static long number(String setting) throws IOException {
      return KernelSettings.find(setting)
          .map(Long::parseLong)
          .orElseThrow(() -> new IOException("this kernel does not tell " + setting));
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

  /**
   * These where there are no control groups: what only those can keep is not promised.
   *
   * @throws IOException if the operator has promised it; the message names the member
   */
  MachineLimits withoutGroups(LimitConfig said) throws IOException {
    requireAbsent("limits.cpus", said.usual().cpus());
    requireAbsent("limits.memoryBytes", said.usual().memoryBytes());
    requireAbsent("limits.most.cpus", said.most().cpus());
    requireAbsent("limits.most.memoryBytes", said.most().memoryBytes());
    requireAbsent("limits.all.memoryBytes", said.all().memoryBytes());
    requireAbsent("limits.all.processes", said.all().processes());
    requireAbsent("limits.all.weight", said.all().weight());
    return new MachineLimits(
        new BuildLimits(ungrouped(builds.usual()), ungrouped(builds.most())),
        CgroupShare.NONE,
        cacheMountBytes);
  }

  private static void requireAbsent(String member, Optional<?> value) throws IOException {
    if (value.isPresent()) {
      throw new IOException(
          member
              + " cannot be kept: a service without root has no control groups;"
              + " leave it out, or run the service as root");
    }
  }

  private static Limits ungrouped(Limits limits) {
    return new Limits(
        limits.queue(),
        limits.run(),
        limits.step(),
        limits.push(),
        Optional.empty(),
        Optional.empty(),
        limits.diskBytes(),
        limits.inodes(),
        limits.processes(),
        limits.network());
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
