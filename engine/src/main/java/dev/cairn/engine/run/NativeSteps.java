package dev.cairn.engine.run;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.build.TenantId;
import dev.cairn.content.FileTree;
import dev.cairn.content.LimitExceededException;
import dev.cairn.content.compress.CompressorId;
import dev.cairn.engine.base.BaseLayers;
import dev.cairn.engine.base.PulledLayers;
import dev.cairn.engine.copy.CopyPlanner;
import dev.cairn.engine.graph.StepRunner;
import dev.cairn.engine.graph.TaskGroup;
import dev.cairn.engine.layer.Layer;
import dev.cairn.engine.layer.LayerHandle;
import dev.cairn.engine.layer.LayerStore;
import dev.cairn.engine.layer.Snapshot;
import dev.cairn.engine.layer.UpperPacker;
import dev.cairn.engine.step.Node;
import dev.cairn.engine.step.Operation;
import dev.cairn.engine.step.StepMount;
import dev.cairn.engine.tree.LayerTrees;
import dev.cairn.engine.tree.TreeStore;
import dev.cairn.linux.Errno;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.file.OwnerException;
import dev.cairn.linux.namespace.Standing;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.oci.Platform;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Does the steps of one build on this machine. */
public final class NativeSteps implements StepRunner {
  private static final UpperPacker.Ownership OWNERSHIP =
      Standing.own().kind() == Standing.Kind.SINGLE_IDENTITY
          ? UpperPacker.Ownership.AS_BELOW
          : UpperPacker.Ownership.ON_DISK;

  private final Services services;
  private final BuildEnvironment build;
  private final BaseLayers.Caller caller;
  private final Making making;
  private final TaskGroup tasks;

  /** What all builds share. */
  public record Services(
      LayerStore layers,
      LayerTrees layerTrees,
      TreeStore trees,
      BaseLayers bases,
      PulledLayers notes,
      CopyPlanner planner,
      RunExecutor executor) {}

  /**
   * How layers are made.
   *
   * @param platform what is built for
   * @param compressor of new layers
   * @param epoch the time of new layers, if it is not the present
   */
  public record Making(Platform platform, CompressorId compressor, Optional<Instant> epoch) {
    Instant now() {
      return epoch.orElseGet(Instant::now);
    }
  }

  /** The steps of one build. */
  public NativeSteps(
      Services services,
      BuildEnvironment build,
      BaseLayers.Caller caller,
      Making making,
      TaskGroup tasks) {
    this.services = services;
    this.build = build;
    this.caller = caller;
    this.making = making;
    this.tasks = tasks;
  }

  @Override
  public Snapshot base(Node node) throws InterruptedException {
    if (node.operation() instanceof Operation.Base base) {
      return services
          .bases()
          .snapshot(base.image(), node.telling().number(), node.telling().place(), caller);
    }
    throw new IllegalArgumentException("no base: " + node.telling().text());
  }

  @Override
  public Prepared prepare(Node node, Inputs inputs) throws InterruptedException {
    return switch (node.operation()) {
      case Operation.Run run -> new PreparedRun(node, run.run(), inputs, this);
      case Operation.Copy copy -> {
        FileTree source = source(copy.from(), inputs);
        yield PreparedCopy.copy(copy, source, view(inputs.parent()), sources(inputs), this);
      }
      case Operation.MakeDirectory directory ->
          PreparedCopy.directory(node, directory, view(inputs.parent()), this);
      case Operation.Scratch scratch -> throw new IllegalArgumentException("scratch is no step");
      case Operation.Base base -> throw new IllegalArgumentException("a base is no step");
    };
  }

  Services services() {
    return services;
  }

  BuildEnvironment build() {
    return build;
  }

  Making making() {
    return making;
  }

  /** The merged files of a snapshot, from its indexes. */
  FileTree view(Snapshot snapshot) throws InterruptedException {
    try {
      return services.layers().view(snapshot.chain().layers());
    } catch (IOException e) {
      throw failed(e, "The index of a layer cannot be read");
    }
  }

  private FileTree source(StepMount.Origin origin, Inputs inputs) throws InterruptedException {
    return switch (origin) {
      case StepMount.Origin.Context context -> context.files();
      case StepMount.Origin.Nothing nothing -> view(Snapshot.EMPTY);
      case StepMount.Origin.Built stage -> {
        Snapshot snapshot = inputs.sources().getOrDefault(stage.builtBy(), Snapshot.EMPTY);
        try {
          yield services.layerTrees().readable(snapshot.chain().layers(), build.pins());
        } catch (IOException e) {
          throw failed(e, "The files of " + stage.name() + " cannot be read");
        }
      }
    };
  }

  /** How well the commands were shut in that made the stages that a step reads; the worst. */
  private static Optional<IsolationRung> sources(Inputs inputs) throws InterruptedException {
    Optional<IsolationRung> worst = Optional.empty();
    for (Snapshot source : inputs.sources().values()) {
      worst =
          Stream.of(worst, source.chain().rung())
              .flatMap(Optional::stream)
              .min(Comparator.naturalOrder());
    }
    return worst;
  }

  /** Runs a command; its layer is packed while the next steps run. */
  LayerHandle command(PreparedRun prepared, Node node, Inputs inputs, Consumer<BuildEvent.Log> log)
      throws InterruptedException {
    RunExecutor.Left left;
    try {
      left = services.executor().run(node, prepared.operation(), inputs, build, log);
    } catch (IOException e) {
      throw failed(e, "The machine could not run the step");
    }
    Instant ended = making.now();
    Future<Layer> packed = tasks.fork(() -> packed(inputs, left, ended));
    return new LayerHandle(packed, Optional.of(left.upper()));
  }

  private Layer packed(Inputs inputs, RunExecutor.Left left, Instant ended)
      throws InterruptedException {
    FileTree below = view(inputs.parent());
    try {
      Layer layer =
          services
              .layers()
              .write(
                  tenant(),
                  making.compressor(),
                  ended,
                  writer ->
                      new UpperPacker(below, left.mountPoints(), OWNERSHIP, writer)
                          .pack(left.upper()))
              .withRung(rung(inputs));
      services.trees().adopt(LayerTrees.key(layer), left.upper());
      made(layer);
      return layer;
    } catch (IOException e) {
      throw failed(e, "A layer could not be written");
    }
  }

  private TenantId tenant() {
    return build.job().tenant();
  }

  private IsolationRung rung(Inputs inputs) throws InterruptedException {
    IsolationRung own = services.executor().isolation();
    return sources(inputs).filter(own::isAtLeast).orElse(own);
  }

  /** Writes a layer that needs no command. */
  Layer written(LayerStore.Filling filling) throws InterruptedException {
    try {
      Layer layer = services.layers().write(tenant(), making.compressor(), making.now(), filling);
      made(layer);
      return layer;
    } catch (IOException e) {
      throw failed(e, "A layer could not be written");
    }
  }

  private void made(Layer layer) {
    services.notes().note(build.job(), layer, false);
  }

  /** An input-output failure as the build's; an interrupted one as the interrupt it is. */
  static BuildException failed(IOException e, String what) throws InterruptedException {
    if (e instanceof InterruptedIOException || Thread.currentThread().isInterrupted()) {
      throw new InterruptedException(what);
    }
    if (e instanceof OwnerException) {
      return BuildException.of(FailureKind.LIMIT, "owner-number")
          .cause(e)
          .remedy(
              "Use lower numbers, give the service's user more subordinate ones in /etc/subuid and"
                  + " /etc/subgid, or run the service as root.")
          .sentence(what + ": " + e.getMessage() + ".");
    }
    String reason = String.valueOf(e.getMessage());
    if (e instanceof LimitExceededException
        || (e instanceof LinuxException linux && linux.errno() == Errno.ELOOP)) {
      // What a stranger made cannot be handled, today or tomorrow: no fault of this machine.
      return BuildException.of(FailureKind.STEP, "files")
          .remedy("Change the step so that it leaves ordinary files and links.")
          .cause(e)
          .sentence(what + ": " + reason + ".");
    }
    boolean full = reason.contains("No space left") || reason.contains("ENOSPC");
    var details =
        full
            ? BuildException.of(FailureKind.LIMIT, "disk-full")
                .remedy("Free space in the data directory, or run the collection.")
            : BuildException.of(FailureKind.INTERNAL, "builder-io");
    return details.retryable().cause(e).sentence(what + ": " + reason + ".");
  }
}
