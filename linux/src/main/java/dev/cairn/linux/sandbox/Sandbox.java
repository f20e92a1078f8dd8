package dev.cairn.linux.sandbox;

import dev.cairn.linux.cgroup.CgroupLimits;
import dev.cairn.linux.cgroup.Cgroups;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.mount.MountTable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs one process tree in one file tree under limits.
 *
 * <ol>
 *   <li>{@link #open} probes the runtimes with a real container and takes the first that works.
 *   <li>{@link #sweep} removes what a dead process left; once, before the first step.
 *   <li>{@link #run} runs a step to its end; many threads may do so at once.
 * </ol>
 */
public final class Sandbox {
  private final SandboxSettings settings;
  private final OciRuntime runtime;
  private final Cgroups cgroups;
  private final JsonMapper json;
  private final RuntimeConfig config;
  private final HardLimits limits;

  Sandbox(SandboxSettings settings, OciRuntime runtime) throws IOException {
    this.settings = settings;
    this.runtime = runtime;
    this.cgroups = Cgroups.detect(settings.prefix());
    this.json = JsonMapper.builder().build();
    this.config = new RuntimeConfig(json, settings.thirtyTwoBit());
    this.limits = HardLimits.own();
    createDirectory(settings.directory());
    createDirectory(settings.bundles());
    createDirectory(settings.runtimeRoot());
  }

  /** 0711: the runtime walks through it with the step's identity. */
  private static void createDirectory(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
  }

  /** Finds a runtime that works here; a failure names what was tried and why it did not do. */
  public static Sandbox open(SandboxSettings settings) throws IOException {
    var probe = RuntimeProbe.run(settings);
    if (probe.chosen().isEmpty()) {
      throw new IOException(
          "no container runtime works here; install runc or crun. Tried: " + probe.rejected());
    }
    return new Sandbox(settings, probe.chosen().get());
  }

  /** The runtime that was chosen. */
  public OciRuntime runtime() {
    return runtime;
  }

  /** How well steps are shut in. */
  public IsolationRung rung() {
    return IsolationRung.PLAIN;
  }

  /** The control groups, for a build's own group. */
  public Cgroups cgroups() {
    return cgroups;
  }

  /**
   * Runs a step to its end. When this returns or throws, no process of the step is left, whatever
   * it ignores.
   *
   * @throws InterruptedException if the thread was interrupted: the step was killed
   * @throws IOException if a sink failed, or the machine could not start the step at all
   */
  public SandboxResult run(SandboxSpec spec, OutputSink out, OutputSink err)
      throws IOException, InterruptedException {
    try {
      var missing = ProgramLookup.check(spec);
      if (missing.isPresent()) {
        return SandboxStep.notStarted(missing.get(), rung());
      }
      if (spec.cgroup().isPresent()) {
        return step(spec).run(out, err);
      }
      try (var group = cgroups.create("alone-" + UUID.randomUUID(), CgroupLimits.NONE)) {
        return step(spec.inGroup(group)).run(out, err);
      }
    } catch (ClosedByInterruptException e) {
      var interrupted = new InterruptedException("interrupted at a file of the step");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private SandboxStep step(SandboxSpec spec) {
    return new SandboxStep(settings, runtime, json, config, limits, rung(), spec);
  }

  /**
   * Removes everything that an earlier process of this installation left: runtimes, containers,
   * processes, control groups, mounts and bundles. No step may be running.
   *
   * @param trees further directories below which nothing is to stay mounted
   */
  public void sweep(List<Path> trees) throws IOException {
    // A runtime that is just starting a container would bring it up after the sweep.
    LeftoverRuntimes.kill(settings.runtimeRoot());
    cgroups.sweep();
    try (var containers = Files.list(settings.runtimeRoot())) {
      for (var container : containers.toList()) {
        runtime.delete(settings.runtimeRoot(), container.getFileName().toString());
      }
    }
    cgroups.sweep();
    for (var tree : trees) {
      MountTable.unmountBelow(tree.toAbsolutePath().normalize());
    }
    MountTable.unmountBelow(settings.directory());
    for (var directory : List.of(settings.bundles(), settings.runtimeRoot())) {
      try (var content = Directory.open(directory)) {
        content.removeContent();
      }
    }
  }
}
