package dev.cairn.linux.sandbox;

import dev.cairn.linux.cgroup.CgroupLimits;
import dev.cairn.linux.cgroup.Cgroups;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.mount.MountTable;
import dev.cairn.linux.mount.Owners;
import dev.cairn.linux.namespace.NamespaceMaker;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs one process tree in one file tree under limits.
 *
 * <ol>
 *   <li>{@link #open} tries the rungs, best first, each with a real container, and takes the first
 *       that works.
 *   <li>{@link #sweep} removes what a dead process left; once, before the first step.
 *   <li>{@link #run} runs a step to its end; many threads may do so at once.
 * </ol>
 */
public final class Sandbox implements AutoCloseable {
  private final Tools tools;
  private final Optional<UserNamespaces> users;
  private final Cgroups cgroups;
  private final SequencedMap<String, String> rejected = new LinkedHashMap<>();

  /** What every step works with. */
  record Tools(
      SandboxSettings settings,
      OciRuntime runtime,
      IsolationRung rung,
      Optional<UserNamespaces> users,
      JsonMapper json,
      RuntimeConfig config,
      HardLimits limits,
      Endings endings) {

    StepSurroundings namespaces(NetworkMode mode) throws IOException {
      return users.isPresent() ? users.get().take(mode) : StepSurroundings.plain(mode);
    }

    /** Whose files are that lie nowhere special. */
    Owners owners() {
      return rung.owners(settings.directory());
    }
  }

  Sandbox(SandboxSettings settings, OciRuntime runtime, IsolationRung rung) throws IOException {
    this.cgroups = Cgroups.detect(settings.prefix());
    this.users = rung.identities().map(ids -> new UserNamespaces(ids, runtime, settings.devices()));
    var json = JsonMapper.builder().build();
    this.tools =
        new Tools(
            settings,
            runtime,
            rung,
            users,
            json,
            new RuntimeConfig(json, settings.thirtyTwoBit(), rung),
            HardLimits.own(),
            new Endings());
    createDirectory(settings.directory(), "rwx------");
    HybridGroups.cover(settings.directory());
    if (users.isPresent()) {
      users.get().open(settings.directory());
    }
    createDirectory(settings.bundles(), "rwx--x--x");
    createDirectory(settings.roots(), "rwx--x--x");
    createDirectory(settings.runtimeRoot(), "rwx--x--x");
  }

  private static void createDirectory(Path directory, String mode) throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
  }

  /**
   * Finds the highest rung that works here.
   *
   * @throws IOException if none does that the settings allow; it names what was tried and why it
   *     did not do
   */
  public static Sandbox open(SandboxSettings settings) throws IOException {
    var probe = RuntimeProbe.run(settings);
    var chosen = probe.chosen().orElseThrow(() -> new IOException(probe.refusal(settings)));
    var sandbox = new Sandbox(settings, chosen.runtime(), chosen.rung());
    sandbox.rejected.putAll(probe.rejected());
    return sandbox;
  }

  /** Runtimes and rungs that were tried before the one that works, and why they did not do. */
  public SequencedMap<String, String> rejected() {
    return Collections.unmodifiableSequencedMap(rejected);
  }

  /** What every step works with. */
  Tools tools() {
    return tools;
  }

  /** The runtime that was chosen. */
  public OciRuntime runtime() {
    return tools.runtime();
  }

  /** How well steps are shut in. */
  public IsolationRung rung() {
    return tools.rung();
  }

  /** Makes namespaces as this rung wants them, for networks that are prepared. */
  public NamespaceMaker namespaceMaker() {
    return new NamespaceMaker(tools.rung().identities());
  }

  /**
   * Whose the files of a directory are when steps see them.
   *
   * @param ground a directory that holds all that steps are shown of the disk: layers, upper
   *     directories, caches, contexts
   */
  public Owners owners(Path ground) {
    return tools.rung().owners(ground);
  }

  /**
   * A new empty directory to mount a step's tree on, which the step's root reaches and no other
   * user of the machine; to be removed after the step.
   */
  public Path newRoot() throws IOException {
    return Files.createDirectory(tools.settings().roots().resolve(UUID.randomUUID().toString()));
  }

  /** Where the directories of {@link #newRoot} and all else that is no one's but ours lie. */
  public Path directory() {
    return tools.settings().directory();
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
      var whole = rung() == IsolationRung.GVISOR ? GvisorTree.keepTemporaryFiles(spec) : spec;
      if (whole.cgroup().isPresent()) {
        return step(whole).run(out, err);
      }
      try (var group = cgroups.create("alone-" + UUID.randomUUID(), CgroupLimits.NONE)) {
        return step(whole.inGroup(group)).run(out, err);
      }
    } catch (ClosedByInterruptException e) {
      var interrupted = new InterruptedException("interrupted at a file of the step");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private SandboxStep step(SandboxSpec spec) {
    return new SandboxStep(tools, spec);
  }

  /**
   * Removes everything that an earlier process of this installation left: runtimes, containers,
   * processes, control groups, mounts and bundles. No step may be running.
   *
   * @param trees further directories below which nothing is to stay mounted
   */
  public void sweep(List<Path> trees) throws IOException {
    tools.endings().await();
    var settings = tools.settings();
    // A runtime that is just starting a container would bring it up after the sweep.
    LeftoverRuntimes.kill(settings.runtimeRoot());
    cgroups.sweep();
    try (var containers = Files.list(settings.runtimeRoot())) {
      for (var container : containers.toList()) {
        tools.runtime().delete(settings.runtimeRoot(), container.getFileName().toString());
      }
    }
    cgroups.sweep();
    for (var tree : trees) {
      MountTable.unmountBelow(tree.toAbsolutePath().normalize());
    }
    if (users.isPresent()) {
      users.get().unmount();
    }
    MountTable.unmountBelow(settings.directory());
    for (var directory : List.of(settings.bundles(), settings.roots(), settings.runtimeRoot())) {
      try (var content = Directory.open(directory)) {
        content.removeContent();
      }
    }
  }

  /** Lets go of namespaces and mounts; no step may be running. */
  @Override
  public void close() throws IOException {
    tools.endings().await();
    if (users.isPresent()) {
      users.get().close();
    }
    cgroups.sweep();
  }

  /** Removes our directory when nothing is mounted on it any more; what is in use stays. */
  public void removeDirectory() throws IOException {
    var settings = tools.settings();
    for (var directory :
        List.of(
            settings.bundles(),
            settings.roots(),
            settings.runtimeRoot(),
            settings.devices(),
            settings.directory())) {
      try {
        Files.deleteIfExists(directory);
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }
}
