package dev.cairn.linux.sandbox;

import dev.cairn.linux.cgroup.Cgroup;
import dev.cairn.linux.cgroup.CgroupLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What one step runs and where.
 *
 * @param rootfs the mounted tree; every directory above it needs mode 0711 or more
 * @param command program, arguments, environment, directory and identity
 * @param mounts in the order they are made
 * @param cgroup the build's group; the step gets its own below
 * @param limits of the step's own group, besides the build's
 * @param timeout after which everything is killed
 */
public record SandboxSpec(
    Path rootfs,
    Command command,
    List<SandboxMount> mounts,
    Surroundings surroundings,
    Optional<Cgroup> cgroup,
    CgroupLimits limits,
    Duration timeout) {

  /**
   * What is executed.
   *
   * @param argv the program, looked up in the environment's PATH inside the tree, and its arguments
   * @param environment in the order given to the process
   * @param directory absolute; it must exist
   */
  public record Command(
      List<String> argv,
      SequencedMap<String, String> environment,
      String directory,
      ProcessIdentity identity) {
    /** Checks and copies. */
    public Command {
      argv = List.copyOf(argv);
      environment = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(environment));
      if (argv.isEmpty() || argv.getFirst().isEmpty()) {
        throw new IllegalArgumentException("the command names no program");
      }
      if (!directory.startsWith("/")) {
        throw new IllegalArgumentException("the working directory is not absolute: " + directory);
      }
    }
  }

  /**
   * What a process may do beyond the usual, because the operator wants it so.
   *
   * @param insecure all capabilities of its user namespace, no filter of system calls, no path
   *     hidden or kept from writing
   * @param devices devices of this machine that it finds under the same paths
   */
  public record Leave(boolean insecure, List<Path> devices) {
    /** Nothing. */
    public static final Leave NONE = new Leave(false, List.of());

    /** Checks and copies. */
    public Leave {
      devices = List.copyOf(devices);
      if (devices.stream().anyMatch(device -> !device.startsWith("/dev"))) {
        throw new IllegalArgumentException("a device lies in /dev: " + devices);
      }
    }
  }

  /**
   * What a process finds around itself.
   *
   * @param shmBytes size of /dev/shm
   * @param leave what it may do beyond the usual
   */
  public record Surroundings(
      String hostName,
      NetworkMode network,
      List<ResourceLimit> resourceLimits,
      long shmBytes,
      Leave leave) {
    /** As Docker's builder: that host name, 64 MiB of shared memory, no further limits. */
    public static final Surroundings NO_NETWORK =
        new Surroundings("buildkitsandbox", NetworkMode.NONE, List.of(), 64L << 20);

    /** Without any leave. */
    public Surroundings(
        String hostName, NetworkMode network, List<ResourceLimit> resourceLimits, long shmBytes) {
      this(hostName, network, resourceLimits, shmBytes, Leave.NONE);
    }

    /** Checks and copies. */
    public Surroundings {
      resourceLimits = List.copyOf(resourceLimits);
      if (hostName.isEmpty() || hostName.length() > 64) {
        throw new IllegalArgumentException("a host name has 1 to 64 characters");
      }
    }

    /** These, on another network. */
    public Surroundings withNetwork(NetworkMode other) {
      return new Surroundings(hostName, other, resourceLimits, shmBytes, leave);
    }
  }

  /** Checks and copies. */
  public SandboxSpec {
    mounts = List.copyOf(mounts);
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("a step's time is more than nothing");
    }
  }

  /** The same with other mounts. */
  SandboxSpec withMounts(List<SandboxMount> others) {
    return new SandboxSpec(rootfs, command, others, surroundings, cgroup, limits, timeout);
  }

  /** The same in a group. */
  SandboxSpec inGroup(Cgroup group) {
    return new SandboxSpec(
        rootfs, command, mounts, surroundings, Optional.of(group), limits, timeout);
  }
}
