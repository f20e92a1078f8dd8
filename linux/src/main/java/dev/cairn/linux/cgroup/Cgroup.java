package dev.cairn.linux.cgroup;

import dev.cairn.linux.sys.KernelThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * One group in every hierarchy. A build has one with its limits; each step runs in a group of its
 * own below it.
 */
public final class Cgroup implements AutoCloseable {
  private static final long SLACK = 1 << 20;

  private final CgroupMode mode;
  private final String path;
  private final Map<String, Path> directories;

  Cgroup(CgroupMode mode, String path, Map<String, Path> directories) {
    this.mode = mode;
    this.path = path;
    this.directories = Map.copyOf(directories);
  }

  /** The path from the root of every hierarchy, as a runtime's {@code cgroupsPath} wants it. */
  public String path() {
    return path;
  }

  /** A group below this one; it is not made, a runtime makes it when it starts the step. */
  public Cgroup child(String name) {
    Cgroups.requireName(name);
    var below = new HashMap<String, Path>();
    directories.forEach((controller, directory) -> below.put(controller, directory.resolve(name)));
    return new Cgroup(mode, path + "/" + name, below);
  }

  /** Kills every process in the group and below, whatever it ignores; returns when all are gone. */
  public void kill() throws IOException {
    KernelThreads.uninterrupted(
        () -> CgroupKill.kill(directories.values(), Duration.ofSeconds(10)));
  }

  /** The processes in the group and below. */
  public Collection<Long> processes() throws IOException {
    return CgroupKill.processes(directories.values());
  }

  /**
   * Bytes of disk in files that have no name any more and that processes of the group, or below,
   * hold open or mapped.
   */
  public long deletedFileBytes() throws IOException {
    return DeletedFiles.bytes(processes());
  }

  /** What was used since the group was made. */
  public CgroupUsage usage() {
    if (mode == CgroupMode.V2) {
      return new CgroupUsage(
          number("", "memory.peak").orElse(0),
          Duration.ofNanos(field("", "cpu.stat", "usage_usec").orElse(0) * 1000),
          number("", "pids.peak").orElse(0),
          field("", "memory.events", "oom_kill").orElse(0),
          field("", "memory.events", "max").orElse(0),
          sum("", "pids.events", "max"));
    }
    return new CgroupUsage(
        number("memory", "memory.max_usage_in_bytes").orElse(0),
        Duration.ofNanos(number("cpuacct", "cpuacct.usage").orElse(0)),
        number("pids", "pids.peak").orElse(0),
        // v1 counts both in the group of the process only, so children are added while they exist.
        sum("memory", "memory.oom_control", "oom_kill"),
        memoryHitsV1(),
        sum("pids", "pids.events", "max"));
  }

  /**
   * Recent kernels leave a parent's failcnt at 0, so a peak at the limit is a hit as well; charges
   * come in pages and may end a little below.
   */
  private long memoryHitsV1() {
    long limit = number("memory", "memory.limit_in_bytes").orElse(Long.MAX_VALUE);
    long peak = number("memory", "memory.max_usage_in_bytes").orElse(0);
    return number("memory", "memory.failcnt").orElse(0) + (peak >= limit - SLACK ? 1 : 0);
  }

  /** How many processes and threads there are now, in the group and below. */
  public long processCount() {
    return number(mode == CgroupMode.V2 ? "" : "pids", "pids.current").orElse(0);
  }

  /**
   * How often a process or thread could not be made, as the group itself counts it: on v2 it counts
   * for those below, on v1 each counts for itself.
   */
  public long ownProcessHits() {
    return field(mode == CgroupMode.V2 ? "" : "pids", "pids.events", "max").orElse(0);
  }

  /** A counter of the group and those below. */
  private long sum(String controller, String file, String name) {
    var directory = directories.get(controller);
    if (directory == null) {
      return 0;
    }
    try {
      return CgroupKill.tree(directory).stream()
          .map(group -> fieldIn(group.resolve(file), name))
          .flatMapToLong(found -> found.isPresent() ? found.stream() : LongStream.empty())
          .sum();
    } catch (IOException e) {
      return 0;
    }
  }

  private OptionalLong number(String controller, String file) {
    var directory = directories.get(controller);
    if (directory == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(directory.resolve(file)).strip()));
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private OptionalLong field(String controller, String file, String name) {
    var directory = directories.get(controller);
    return directory == null ? OptionalLong.empty() : fieldIn(directory.resolve(file), name);
  }

  private static OptionalLong fieldIn(Path file, String name) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(name + " "))
          .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).strip()))
          .findFirst();
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Kills what is left and removes the group and those below it from every hierarchy. */
  @Override
  public void close() throws IOException {
    KernelThreads.uninterrupted(() -> {
      CgroupKill.kill(directories.values(), Duration.ofSeconds(10));
      Cgroups.remove(directories.values());
    });
  }

  List<Path> directories() {
    return new ArrayList<>(directories.values());
  }
}
