package dev.cairn.linux.cgroup;

import dev.cairn.linux.mount.MountTable;
import dev.cairn.linux.namespace.Standing;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hierarchies of this machine and our own place in them: one group with our prefix, one group
 * per build below it.
 */
public final class Cgroups {
  private static final Logger LOG = LoggerFactory.getLogger(Cgroups.class);
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,126}");
  private static final int CPU_PERIOD_MICROS = 100_000;

  private final CgroupMode mode;
  private final Map<String, Path> hierarchies;
  private final String prefix;

  private Cgroups(CgroupMode mode, Map<String, Path> hierarchies, String prefix) {
    this.mode = mode;
    this.hierarchies = Map.copyOf(hierarchies);
    this.prefix = prefix;
  }

  /** Looks which hierarchies are mounted. All our groups lie below {@code /prefix}. */
  public static Cgroups detect(String prefix) throws IOException {
    return detect(MountTable.read(), prefix);
  }

  static Cgroups detect(MountTable mounts, String prefix) {
    requireName(prefix);
    var found = new HashMap<String, Path>();
    boolean v1 = false;
    boolean v2 = false;
    for (var mount : mounts.entries()) {
      var place = Path.of(mount.target());
      switch (mount.type()) {
        case "cgroup2" -> {
          v2 = true;
          found.put("", place);
        }
        case "cgroup" -> {
          v1 = true;
          for (var option : mount.options()) {
            if (!option.equals("rw") && !option.equals("ro")) {
              found.put(option, place);
            }
          }
        }
        default -> {}
      }
    }
    if (!Standing.own().isRoot()) {
      // What is mounted is the machine's, and no group of it is ours to fill.
      return new Cgroups(CgroupMode.NONE, Map.of(), prefix);
    }
    var mode =
        v1 && v2 ? CgroupMode.HYBRID : v1 ? CgroupMode.V1 : v2 ? CgroupMode.V2 : CgroupMode.NONE;
    return new Cgroups(mode, found, prefix);
  }

  static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name for a cgroup: " + name);
    }
  }

  /** Which kind this machine has. */
  public CgroupMode mode() {
    return mode;
  }

  /** Whether groups can be made in every hierarchy that limits something. */
  public boolean isWritable() {
    return mode != CgroupMode.NONE && hierarchies.values().stream().allMatch(Files::isWritable);
  }

  /**
   * Limits all groups of ours together. Weights are set where the kernel has them; a limit of
   * memory or processes that cannot be set is an error.
   */
  public void limitAll(CgroupShare share) throws IOException {
    var tops = new HashMap<String, Path>();
    for (var hierarchy : hierarchies.entrySet()) {
      var top = hierarchy.getValue().resolve(prefix);
      if (mode == CgroupMode.V2) {
        enable(hierarchy.getValue());
      }
      Files.createDirectories(top);
      inheritCpuset(top);
      tops.put(hierarchy.getKey(), top);
    }
    var limits = new CgroupLimits(OptionalDouble.empty(), share.memoryBytes(), share.processes());
    if (mode == CgroupMode.V2) {
      limitV2(tops, limits);
      weigh(tops, "", "cpu.weight", share.weight());
      weigh(tops, "", "io.weight", share.weight());
      weigh(tops, "", "io.bfq.weight", Math.min(1000, share.weight()));
    } else {
      limitV1(tops, limits);
      // The usual value is 1024 for processors and 100 for the disk.
      weigh(tops, "cpu", "cpu.shares", Math.max(2, share.weight() * 1024L / 100));
      weigh(tops, "blkio", "blkio.bfq.weight", Math.min(1000, share.weight()));
    }
  }

  private static void weigh(Map<String, Path> groups, String controller, String file, long value) {
    var directory = groups.get(controller);
    if (directory != null && Files.exists(directory.resolve(file))) {
      try {
        Files.writeString(directory.resolve(file), Long.toString(value));
      } catch (IOException e) {
        LOG.warn(
            "builds have no weight of their own: {} cannot be set", directory.resolve(file), e);
      }
    }
  }

  /** Makes the group of one build, with its limits. */
  public Cgroup create(String name, CgroupLimits limits) throws IOException {
    requireName(name);
    var directories = new HashMap<String, Path>();
    for (var hierarchy : hierarchies.entrySet()) {
      var top = hierarchy.getValue().resolve(prefix);
      if (mode == CgroupMode.V2) {
        enable(hierarchy.getValue());
      }
      Files.createDirectories(top);
      if (mode == CgroupMode.V2) {
        enable(top);
      }
      var directory = top.resolve(name);
      Files.createDirectories(directory);
      inheritCpuset(directory);
      directories.put(hierarchy.getKey(), directory);
    }
    var group = new Cgroup(mode, "/" + prefix + "/" + name, directories);
    try {
      if (mode == CgroupMode.V2) {
        limitV2(directories, limits);
        enable(directories.values().iterator().next());
      } else {
        limitV1(directories, limits);
      }
    } catch (IOException e) {
      group.close();
      throw e;
    }
    return group;
  }

  /** On v2 a controller acts in a group only if its parent hands it down. */
  private static void enable(Path group) {
    for (var controller : List.of("cpu", "memory", "pids", "io")) {
      try {
        Files.writeString(group.resolve("cgroup.subtree_control"), "+" + controller);
      } catch (IOException e) {
        LOG.debug("controller {} cannot be handed down from {}", controller, group, e);
      }
    }
  }

  /** A new v1 cpuset group is empty and takes no process until it has processors and memory. */
  private static void inheritCpuset(Path directory) throws IOException {
    var parent = directory.getParent();
    for (var file : List.of("cpuset.cpus", "cpuset.mems")) {
      if (parent != null && Files.exists(directory.resolve(file))) {
        if (Files.readString(parent.resolve(file)).isBlank() && parent.getParent() != null) {
          inheritCpuset(parent);
        }
        if (Files.readString(directory.resolve(file)).isBlank()) {
          Files.writeString(directory.resolve(file), Files.readString(parent.resolve(file)));
        }
      }
    }
  }

  private static void limitV1(Map<String, Path> directories, CgroupLimits limits)
      throws IOException {
    if (limits.memoryBytes().isPresent()) {
      var bytes = Long.toString(limits.memoryBytes().getAsLong());
      set(directories, "memory", "memory.limit_in_bytes", bytes);
      var memory = directories.get("memory");
      if (memory != null && Files.exists(memory.resolve("memory.memsw.limit_in_bytes"))) {
        set(directories, "memory", "memory.memsw.limit_in_bytes", bytes);
      }
    }
    if (limits.processes().isPresent()) {
      set(directories, "pids", "pids.max", Long.toString(limits.processes().getAsLong()));
    }
    if (limits.cpus().isPresent()) {
      set(directories, "cpu", "cpu.cfs_period_us", Integer.toString(CPU_PERIOD_MICROS));
      set(directories, "cpu", "cpu.cfs_quota_us", quota(limits));
    }
  }

  private static void limitV2(Map<String, Path> directories, CgroupLimits limits)
      throws IOException {
    if (limits.memoryBytes().isPresent()) {
      set(directories, "", "memory.max", Long.toString(limits.memoryBytes().getAsLong()));
      var group = directories.get("");
      if (group != null && Files.exists(group.resolve("memory.swap.max"))) {
        set(directories, "", "memory.swap.max", "0");
      }
    }
    if (limits.processes().isPresent()) {
      set(directories, "", "pids.max", Long.toString(limits.processes().getAsLong()));
    }
    if (limits.cpus().isPresent()) {
      set(directories, "", "cpu.max", quota(limits) + " " + CPU_PERIOD_MICROS);
    }
  }

  private static String quota(CgroupLimits limits) {
    return Long.toString(Math.max(1000, Math.round(limits.cpus().orElse(1) * CPU_PERIOD_MICROS)));
  }

  /** A limit that cannot be set is an error: a build must not run without it. */
  private static void set(Map<String, Path> groups, String controller, String file, String value)
      throws IOException {
    var directory = groups.get(controller);
    if (directory == null) {
      throw new IOException(
          "this machine has no cgroup controller for " + file + "; a limit cannot be kept");
    }
    Files.writeString(directory.resolve(file), value);
  }

  /** Kills and removes every group with our prefix, for what a dead process left. */
  public void sweep() throws IOException {
    var ours = hierarchies.values().stream().map(place -> place.resolve(prefix)).toList();
    CgroupKill.kill(ours, Duration.ofSeconds(10));
    remove(ours);
  }

  /** A group whose last process has just died may refuse for a moment. */
  static void remove(Collection<Path> directories) throws IOException {
    for (var directory : directories) {
      for (int i = 0; Files.exists(directory); i++) {
        try {
          for (var group : CgroupKill.tree(directory)) {
            // A plain rmdir: the control files inside do not count.
            Files.deleteIfExists(group);
          }
        } catch (FileSystemException e) {
          retryOrFail(i, e);
        }
      }
    }
  }

  private static void retryOrFail(int attempt, IOException e) throws IOException {
    if (attempt >= 200) {
      throw e;
    }
    LockSupport.parkNanos(5_000_000);
  }
}
