package dev.cairn.engine.run;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.engine.disk.DiskMeter;
import dev.cairn.engine.graph.StepRunner;
import dev.cairn.engine.layer.LayerStore;
import dev.cairn.engine.step.Node;
import dev.cairn.engine.step.RunOperation;
import dev.cairn.engine.tree.LayerTrees;
import dev.cairn.engine.tree.TreeStore;
import dev.cairn.engine.users.Accounts;
import dev.cairn.engine.users.ProcessUser;
import dev.cairn.engine.users.UnknownUserException;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.cgroup.CgroupLimits;
import dev.cairn.linux.cgroup.CgroupMode;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.Links;
import dev.cairn.linux.mount.MountPointGuard;
import dev.cairn.linux.mount.OverlayLayers;
import dev.cairn.linux.mount.OverlayMount;
import dev.cairn.linux.mount.Owners;
import dev.cairn.linux.mount.StubLayer;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.linux.sandbox.ProcessIdentity;
import dev.cairn.linux.sandbox.ResourceLimit;
import dev.cairn.linux.sandbox.Sandbox;
import dev.cairn.linux.sandbox.SandboxMount;
import dev.cairn.linux.sandbox.SandboxResult;
import dev.cairn.linux.sandbox.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Runs one command on a merged view of its layers: mounts, starts the sandbox, and leaves the upper
 * directory. Only a number of them run at once; the others wait here.
 */
public final class RunExecutor {
  private static final int ACCOUNTS_BYTES = 10 << 20;

  private final Sandbox sandbox;
  private final Owners owners;
  private final LayerStore layers;
  private final LayerTrees layerTrees;
  private final TreeStore trees;
  private final RunSettings settings;
  private final Permits permits;

  /** Nothing of what lies in these is for the readers of logs. */
  private final List<Path> ours;

  /**
   * An executor of this installation.
   *
   * @param owners whose the files below the engine's directory are when commands see them
   */
  public RunExecutor(
      Sandbox sandbox,
      Owners owners,
      LayerStore layers,
      LayerTrees layerTrees,
      TreeStore trees,
      RunSettings settings) {
    this.sandbox = sandbox;
    this.owners = owners;
    this.layers = layers;
    this.layerTrees = layerTrees;
    this.trees = trees;
    this.settings = settings;
    this.permits = new Permits(settings.parallel());
    this.ours = List.of(sandbox.directory(), settings.ground());
  }

  /**
   * What a command left.
   *
   * @param upper its changes, in overlay's form
   * @param mountPoints what was made only to be mounted over, without leading slashes
   */
  public record Left(Path upper, Set<String> mountPoints) {}

  /** How well commands are shut in. */
  public IsolationRung isolation() {
    return sandbox.rung();
  }

  /**
   * Runs the command of a node.
   *
   * @throws BuildException if it failed, with its exit code
   * @throws InterruptedException if the build was cancelled; nothing of it is left
   */
  public Left run(
      Node node,
      RunOperation run,
      StepRunner.Inputs inputs,
      BuildEnvironment build,
      Consumer<BuildEvent.Log> log)
      throws IOException, InterruptedException {
    List<Path> lowers = layerTrees.lowers(inputs.parent(), build.pins());
    String name = "step-" + UUID.randomUUID();
    Path work = Files.createDirectory(build.work().resolve(name));
    var sources =
        new MountSources(layers, layerTrees, trees, build.pins(), owners, work, build.disk());
    try (var mounts = new StepMounts(sources, build, node.telling().place())) {
      mounts.add(run, inputs.sources(), node.handling().forced());
      // Not before: a step that waits for another's cache mount takes no place from anybody.
      try (var _ = permits.take(build.job().tenant());
          var network = network(run, node, build)) {
        return mounted(node, run, new Stage(lowers, work, mounts, network, build), log);
      }
    } finally {
      try (var all = Directory.open(build.work())) {
        all.remove(name);
      }
    }
  }

  private CommandNetworks.Network network(RunOperation run, Node node, BuildEnvironment build)
      throws IOException {
    return run.leave().hostNetwork()
        ? CommandNetworks.ofTheMachine()
        : settings.networks().take(run.network(), node, build.job().tenant());
  }

  /** Where a command runs. */
  private record Stage(
      List<Path> lowers,
      Path work,
      StepMounts mounts,
      CommandNetworks.Network network,
      BuildEnvironment build) {}

  private Left mounted(Node node, RunOperation run, Stage stage, Consumer<BuildEvent.Log> log)
      throws IOException, InterruptedException {
    List<String> argv = ownFiles(run, stage);
    Path stub = stage.work().resolve("stub");
    new StubLayer(stage.mounts().targets()).writeTo(stub);
    var lower = new ArrayList<Path>();
    lower.add(stub);
    lower.addAll(stage.lowers());
    Path upper = trees.create(stage.build().pins());
    Path scratch = Files.createDirectory(stage.work().resolve("work"));
    var stack = OverlayLayers.writable(lower, upper, scratch);
    likeBelow(stage.lowers(), upper);
    var disk = stage.build().disk();
    Path root = sandbox.newRoot();
    try (var written = disk.count(upper);
        var _ = disk.count(scratch);
        var mount = OverlayMount.mount(stack, root, Set.of(), owners);
        var _ = MountPointGuard.prepare(mount.target(), stage.mounts().targets(), owners)) {
      SandboxSpec spec = spec(node, run, argv, stage, mount.target());
      var paths = new HostPaths(mount.target(), ours);
      try {
        new RunFailures(node, argv, stage.build(), spec.timeout(), paths)
            .check(() -> logged(node, spec, stage.build(), log(paths, log)));
      } catch (BuildException e) {
        // What was refused to it may be why.
        stage.network().close();
        stage.build().flows().failed(node, stage.network());
        throw e;
      }
      stage.network().close();
      stage.build().flows().ended(node, stage.network());
      written.keep();
      stage.mounts().succeeded();
    } finally {
      Files.delete(root);
    }
    var points = new HashSet<String>();
    stage.mounts().targets().forEach(target -> addWithParents(points, target.path()));
    StubLayer.ALWAYS.forEach(target -> addWithParents(points, target.path()));
    return new Left(upper, points);
  }

  private static Consumer<BuildEvent.Log> log(HostPaths paths, Consumer<BuildEvent.Log> to) {
    return line ->
        to.accept(new BuildEvent.Log(line.step(), line.stream(), paths.hidden(line.line())));
  }

  private SandboxResult logged(
      Node node, SandboxSpec spec, BuildEnvironment build, Consumer<BuildEvent.Log> log)
      throws IOException, InterruptedException {
    var budget = new LogLines.Budget(settings.logBytes(), settings.logBytes() / 32, log);
    int number = node.telling().number();
    var out = new LogLines(number, BuildEvent.Stream.STDOUT, build.mask(), budget);
    var err = new LogLines(number, BuildEvent.Stream.STDERR, build.mask(), budget);
    try {
      return sandbox.run(spec, out, err);
    } finally {
      out.end();
      err.end();
      Optional<String> place = Optional.of(node.telling().place());
      budget.end(text -> build.sink().event(new BuildEvent.Warning("log-cut", text, place)));
    }
  }

  /** Shows hosts, resolver, certificates and script; gives the arguments to start. */
  private List<String> ownFiles(RunOperation run, Stage stage) throws IOException {
    var files = new StepFiles(stage.work());
    var mounts = stage.mounts();
    mounts.show(SandboxMount.Bind.readOnly(owners.shown(files.hosts(run)), "/etc/hosts"), false);
    mounts.show(
        SandboxMount.Bind.readOnly(
            owners.shown(files.resolver(stage.network())), "/etc/resolv.conf"),
        false);
    for (SandboxMount mount : settings.authorities().mounts(owners)) {
      mounts.show(mount, false);
    }
    if (run.script().isPresent()) {
      mounts
          .mounts()
          .add(
              SandboxMount.Bind.readOnly(
                  owners.shown(files.script(run.script().get().content())),
                  "/dev/pipes/" + run.script().get().name()));
    }
    return run.argv();
  }

  /** The root of a merged view has the attributes of its topmost directory. */
  private static void likeBelow(List<Path> lowers, Path upper) throws IOException {
    if (lowers.isEmpty()) {
      try (var to = Directory.open(upper)) {
        to.setMode("", 0755);
      }
      return;
    }
    try (var from = Directory.open(lowers.getLast());
        var to = Directory.open(upper)) {
      var stat = from.stat("");
      to.setOwner("", stat.uid(), stat.gid());
      to.setMode("", stat.mode() & 07777);
    }
  }

  private SandboxSpec spec(Node node, RunOperation run, List<String> argv, Stage stage, Path root)
      throws IOException {
    ProcessUser user;
    try (var tree = Directory.open(root)) {
      if (tree.find(run.directory(), Links.IN_ROOT).isEmpty()) {
        owners.runAsRoot(() -> tree.makeDirectories(run.directory(), 0755));
      }
      user = Accounts.of(file(tree, "etc/passwd"), file(tree, "etc/group")).process(run.user());
      // Whoever is nobody outside cannot be made.
      owners.outside((int) user.uid());
      owners.outside((int) user.gid());
    } catch (UnknownUserException | IllegalArgumentException e) {
      throw BuildException.of(FailureKind.STEP, "run-user")
          .at(node.telling().place())
          .sentence(e.getMessage() == null ? "unknown user" : e.getMessage());
    }
    var variables = new LinkedHashMap<String, String>();
    for (String entry : run.environment()) {
      int equals = entry.indexOf('=');
      variables.put(entry.substring(0, equals), entry.substring(equals + 1));
    }
    for (String entry : run.proxies()) {
      int equals = entry.indexOf('=');
      variables.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
    }
    variables.putIfAbsent("HOME", user.home());
    settings.proxies().addTo(variables);
    settings.authorities().addTo(variables);
    variables.putAll(stage.mounts().variables());
    var groups = user.groups().stream().map(Long::intValue).toList();
    var command =
        new SandboxSpec.Command(
            argv,
            variables,
            run.directory(),
            new ProcessIdentity((int) user.uid(), (int) user.gid(), groups));
    return new SandboxSpec(
        root,
        command,
        stage.mounts().mounts(),
        surroundings(run, stage),
        stage.build().cgroup(),
        ownLimits(stage.build()),
        time(stage.build()));
  }

  /** Usually none: the build's group has them for all its steps together. */
  private CgroupLimits ownLimits(BuildEnvironment build) {
    var processes = build.job().limits().processes();
    return sandbox.cgroups().mode() == CgroupMode.NONE && processes.isPresent()
        ? CgroupLimits.NONE.withProcesses(processes.get())
        : CgroupLimits.NONE;
  }

  private SandboxSpec.Surroundings surroundings(RunOperation run, Stage stage) {
    DiskMeter disk = stage.build().disk();
    var limits = new ArrayList<ResourceLimit>();
    // Exact where the meter is not: no single file passes the build's limit, not even for a moment.
    disk.longestFile()
        .filter(most -> !run.options().ulimits().containsKey("fsize"))
        .ifPresent(most -> limits.add(new ResourceLimit("RLIMIT_FSIZE", most, most)));
    run.options()
        .ulimits()
        .forEach((name, limit) ->
            limits.add(
                bounded(
                    new ResourceLimit(
                        "RLIMIT_" + name.toUpperCase(Locale.ROOT), limit.soft(), limit.hard()),
                    disk)));
    return new SandboxSpec.Surroundings(
        run.hostname(),
        stage.network().mode(),
        limits,
        run.options().shmBytes().orElse(64L << 20),
        new SandboxSpec.Leave(
            run.leave().insecure(),
            run.leave().devices().stream()
                .map(settings.privileges().devices()::get)
                .map(Objects::requireNonNull)
                .toList()));
  }

  private static ResourceLimit bounded(ResourceLimit asked, DiskMeter disk) {
    if (!asked.name().equals("RLIMIT_FSIZE") || disk.longestFile().isEmpty()) {
      return asked;
    }
    long most = disk.longestFile().get();
    return new ResourceLimit(asked.name(), least(asked.soft(), most), least(asked.hard(), most));
  }

  /** -1 is unlimited, the greatest unsigned number. */
  private static long least(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? a : b;
  }

  private Duration time(BuildEnvironment build) {
    return build.job().limits().step().orElse(settings.stepTime());
  }

  /** The first bytes of a file; a pipe, a loop of links or nothing at all is no list of users. */
  private static Optional<byte[]> file(Directory tree, String path) throws IOException {
    try (var in = tree.open(path, Links.IN_ROOT)) {
      return Optional.of(in.readNBytes(ACCOUNTS_BYTES));
    } catch (LinuxException e) {
      return switch (e.errno()) {
        case ENOENT, ENOTDIR, ELOOP, EINVAL, ENXIO, EACCES -> Optional.empty();
        default -> throw e;
      };
    }
  }

  private static void addWithParents(Set<String> points, String target) {
    for (String path = target.substring(1);
        !path.isEmpty() && points.add(path);
        path = path.substring(0, Math.max(0, path.lastIndexOf('/')))) {}
  }
}
