package dev.cairn.engine;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.Builder;
import dev.cairn.build.CacheScope;
import dev.cairn.build.FailureKind;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.engine.base.BaseLayers;
import dev.cairn.engine.base.PulledLayers;
import dev.cairn.engine.cache.InFlight;
import dev.cairn.engine.copy.CopyPlanner;
import dev.cairn.engine.copy.PackArchives;
import dev.cairn.engine.disk.DiskWatcher;
import dev.cairn.engine.disk.Freed;
import dev.cairn.engine.layer.LayerStore;
import dev.cairn.engine.layer.Snapshot;
import dev.cairn.engine.run.CommandNetworks;
import dev.cairn.engine.run.InjectedAuthorities;
import dev.cairn.engine.run.NativeSteps;
import dev.cairn.engine.run.RunExecutor;
import dev.cairn.engine.run.RunSettings;
import dev.cairn.engine.run.StepVolumes;
import dev.cairn.engine.step.CommandGround;
import dev.cairn.engine.step.Privileges;
import dev.cairn.engine.tree.BootMark;
import dev.cairn.engine.tree.LayerTrees;
import dev.cairn.engine.tree.TreeStore;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.mount.BindMount;
import dev.cairn.linux.mount.MountFlag;
import dev.cairn.linux.mount.Owners;
import dev.cairn.linux.namespace.Standing;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.linux.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Our own {@link Builder}: plans a recipe into nodes, asks the cache from the last one down, runs
 * what is left in sandboxes over merged layers, and writes the image into the blob store.
 *
 * <p>{@link #open} once, {@link #sweep} before the first build, {@link #build} from any number of
 * threads, {@link #close} at the end.
 */
public final class NativeBuilder implements Builder, AutoCloseable {
  /** Name and version of this builder, part of every image's memory. */
  static final String NAME = "cairn-native 0.1.0";

  private final EngineConfig config;
  private final EnginePorts ports;
  private final EngineTools tools;
  private final Sandbox sandbox;
  private final CommandNetworks networks;
  private final TreeStore trees;
  private final BootMark mark;
  private final StepVolumes volumes;
  private final DiskWatcher disk;
  private final NativeSteps.Services services;
  private final InFlight<Snapshot> inFlight = new InFlight<>();
  private final Path work;
  private final Owners owners;
  private final Deque<Owners.View> laid = new ArrayDeque<>();

  private NativeBuilder(EngineConfig config, EnginePorts ports, EngineTools tools)
      throws IOException {
    this.config = config;
    this.ports = ports;
    this.tools = tools;
    Path data = ownOnly(config.data());
    this.work = directory(data.resolve("work"));
    var authorities =
        InjectedAuthorities.prepare(
            config.surroundings().authorities(), data.resolve("authorities"));
    this.sandbox = Sandbox.open(config.sandbox());
    this.networks = networks(config, sandbox);
    this.owners = sandbox.owners(data);
    this.trees = new TreeStore(data.resolve("trees"), config.treesKept());
    this.mark = new BootMark(data.resolve("boot"));
    this.volumes = new StepVolumes(directory(data.resolve("volumes")), owners);
    this.disk = new DiskWatcher(data);
    var layers = new LayerStore(tools.blobs(), tools.pool(), tools.segments());
    var layerTrees = new LayerTrees(layers, trees);
    var notes = new PulledLayers(ports.records(), ports.leases());
    var settings =
        new RunSettings(
            data,
            config.parallelRuns(),
            networks,
            config.stepTime(),
            config.logBytes(),
            authorities,
            config.surroundings().proxies(),
            config.privileges());
    var archives = new PackArchives(tools.blobs(), ArchiveLimits.DEFAULT);
    this.services =
        new NativeSteps.Services(
            layers,
            layerTrees,
            trees,
            new BaseLayers(layers, notes),
            notes,
            new CopyPlanner(archives),
            new RunExecutor(sandbox, owners, layers, layerTrees, trees, settings));
  }

  private static CommandNetworks networks(EngineConfig config, Sandbox sandbox) throws IOException {
    try {
      var network = config.surroundings().network();
      String prefix = config.sandbox().prefix();
      var maker = sandbox.namespaceMaker();
      return Standing.own().isRoot()
          ? CommandNetworks.open(network, prefix, maker, config.parallelRuns())
          : CommandNetworks.openWithoutRoot(
              network, prefix, maker, config.parallelRuns(), config.data().resolve("uplink"));
    } catch (IOException | RuntimeException e) {
      sandbox.close();
      throw e;
    }
  }

  /**
   * Opens the engine; a failure names what the machine lacks.
   *
   * @throws IOException if no container runtime works here or the data directory cannot be used
   */
  public static NativeBuilder open(EngineConfig config, EnginePorts ports, EngineTools tools)
      throws IOException {
    return new NativeBuilder(config, ports, tools);
  }

  @Override
  public String name() {
    return NAME;
  }

  /** How well commands are shut in. */
  public IsolationRung isolation() {
    return sandbox.rung();
  }

  /** What was tried before, and why it did not do. */
  public SequencedMap<String, String> rejected() {
    return sandbox.rejected();
  }

  /** The runtime that starts commands, as it calls itself. */
  public String runtime() {
    return sandbox.runtime().version();
  }

  /** How well commands are shut in, such as {@code user-namespace}. */
  public String rung() {
    return sandbox.rung().text();
  }

  /**
   * Removes everything that a dead process of this installation left: processes, mounts, half-made
   * directories; after an unclean boot trees and cache volumes too, because their writes may be
   * lost. No build may be running.
   *
   * <p>Then lays the data directory over itself {@code nosuid,nodev}, so that nothing a stranger
   * packed with such a bit is more than data to this machine. Commands do not see it so: their
   * merged view is a mount of its own, on a second place that is treated likewise. Last comes the
   * view of the data directory with the identities of steps.
   */
  public void sweep() throws IOException {
    sandbox.sweep(List.of(config.data()));
    if (sandbox.cgroups().isWritable()) {
      sandbox.cgroups().limitAll(config.share());
    }
    for (Path ours : List.of(config.data(), sandbox.directory())) {
      laid.push(BindMount.onItself(ours, Set.of(MountFlag.NO_SETUID, MountFlag.NO_DEVICES))::close);
    }
    laid.push(owners.lay());
    boolean trusted = mark.begin();
    try (var directory = Directory.open(work)) {
      directory.removeContent();
    }
    trees.sweep(trusted);
    volumes.sweep(trusted);
  }

  @Override
  public BuildResult build(BuildJob job, BuildSink sink) throws InterruptedException {
    if (laid.isEmpty()) {
      throw new IllegalStateException("the engine was not swept before its first build");
    }
    try (var run = new NativeBuild(job, sink, shared())) {
      return run.run();
    } catch (IOException e) {
      throw BuildException.of(FailureKind.INTERNAL, "builder-io")
          .retryable()
          .cause(e)
          .sentence("The builder could not work: " + e.getMessage() + ".");
    } finally {
      try {
        trees.collect();
        trimCacheMounts(1, false);
      } catch (IOException e) {
        org.slf4j.LoggerFactory.getLogger(NativeBuilder.class).warn("not collected", e);
      }
    }
  }

  /**
   * Removes the cache mounts that were not used for the longest time until no more than a share of
   * their usual room is taken.
   *
   * @param share from 0, all that no build uses, to 1
   * @param plan whether only to say what would go
   */
  public Freed trimCacheMounts(double share, boolean plan) throws IOException {
    return volumes.collect((long) (config.cacheMountBytes() * share), plan);
  }

  /** The same for unpacked layers. */
  public Freed trimTrees(double share, boolean plan) throws IOException {
    return trees.trim(share, plan);
  }

  @Override
  public long keepCacheMounts(CacheScope scope, long most) throws IOException {
    return volumes.keep(scope, most);
  }

  /** Removes our control groups and writes to the disk that everything was closed in order. */
  @Override
  public void close() throws IOException {
    disk.close();
    try (sandbox) {
      networks.close();
    }
    try (var directory = Directory.open(config.data())) {
      directory.syncFileSystem();
    }
    mark.end();
    while (!laid.isEmpty()) {
      laid.pop().close();
    }
    sandbox.removeDirectory();
  }

  /** What all builds of an engine share. */
  record Shared(
      EnginePorts ports,
      EngineTools tools,
      NativeSteps.Services services,
      InFlight<Snapshot> inFlight,
      TreeStore trees,
      StepVolumes volumes,
      DiskWatcher disk,
      Sandbox sandbox,
      IsolationRung minimum,
      List<BuildEvent.Warning> warnings,
      Privileges privileges,
      CommandGround ground,
      Path work) {}

  private Shared shared() {
    return new Shared(
        ports,
        tools,
        services,
        inFlight,
        trees,
        volumes,
        disk,
        sandbox,
        config.sandbox().rungs().lowest(),
        RootlessWarnings.of(sandbox.rung(), networks.lack()),
        config.privileges(),
        new CommandGround(RootlessWarnings.pretendsOwners(sandbox.rung()), networks::reach),
        work);
  }

  /** Nobody else on the machine gets past it to what builds unpack. */
  private static Path ownOnly(Path path) throws IOException {
    return directory(path, "rwx------");
  }

  private static Path directory(Path path) throws IOException {
    return directory(path, "rwx--x--x");
  }

  private static Path directory(Path path, String mode) throws IOException {
    Files.createDirectories(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    return path;
  }
}
