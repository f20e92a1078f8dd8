package dev.cairn.engine.graph;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Recipe;
import dev.cairn.build.StepReach;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.dockerfile.Mount;
import dev.cairn.dockerfile.RunOptions;
import dev.cairn.dockerfile.Stage;
import dev.cairn.engine.cache.Ingredients;
import dev.cairn.engine.cache.StepName;
import dev.cairn.engine.config.FileOperation;
import dev.cairn.engine.config.StageState;
import dev.cairn.engine.copy.Selection;
import dev.cairn.engine.step.Keys;
import dev.cairn.engine.step.Leave;
import dev.cairn.engine.step.Node;
import dev.cairn.engine.step.Operation;
import dev.cairn.engine.step.RunOperation;
import dev.cairn.engine.step.StepMount;
import dev.cairn.oci.Digest;
import dev.cairn.oci.History;
import dev.cairn.oci.Platform;
import dev.cairn.oci.PlatformChoice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Walks the instructions of one stage and makes a node of each that touches files. */
final class StagePlanner {
  private static final int LONGEST_TEXT = 100;

  private final Planner planner;
  private final PlanRequest request;
  private final Stage stage;
  private final Planner.StagePlan start;
  private final boolean forced;
  private final Map<String, Integer> ordinals = new HashMap<>();
  private StageState state;
  private Node last;

  StagePlanner(Planner planner, Stage stage, Planner.StagePlan start) {
    this.planner = planner;
    this.request = planner.request();
    this.stage = stage;
    this.start = start;
    this.state = start.state();
    this.last = start.last();
    var cache = request.job().request().cache();
    this.forced =
        !cache.reading()
            || cache.uncachedStages().contains(String.valueOf(stage.index()))
            || stage.name().filter(cache.uncachedStages()::contains).isPresent();
  }

  Planner.StagePlan walk() throws InterruptedException {
    for (Instruction instruction : planner.graph().instructions(stage.index())) {
      StageState.Applied applied = state.apply(instruction);
      state = applied.next();
      if (applied.operation().isPresent()) {
        last = node(applied.operation().get(), request.step(instruction));
      }
    }
    return new Planner.StagePlan(last, state, start.base());
  }

  private Node node(FileOperation operation, Optional<Recipe.Step> typed)
      throws InterruptedException {
    Operation todo =
        switch (operation) {
          case FileOperation.Run run -> new Operation.Run(run(run, typed));
          case FileOperation.Copy copy -> copy(copy, typed);
          case FileOperation.MakeDirectory directory ->
              new Operation.MakeDirectory(directory.path(), directory.user());
        };
    Instruction instruction = operation.instruction();
    boolean force = forced || typed.filter(step -> !step.useCache()).isPresent();
    boolean below = last.handling().forced() || last.handling().belowForced();
    boolean confined = last.handling().confined() || hasSecret(todo) || hasLeave(todo);
    for (Node source : todo.sources()) {
      below |= source.handling().forced() || source.handling().belowForced();
      confined |= source.handling().confined();
    }
    String keyword = instruction.keyword();
    int ordinal = ordinals.merge(keyword, 1, Integer::sum);
    String base = start.base().map(image -> image.name()).orElse("scratch");
    var name = StepName.of(base, stage.label(), keyword, ordinal, instruction.text());
    var telling =
        new Node.Telling(
            planner.nextStep(),
            stage.label(),
            planner.tools().mask().apply(instruction.text()),
            instruction.location().toString(),
            typed.map(Recipe.Step::number));
    List<History> planned = state.image().history();
    int before = Math.min(last.past().planned().size(), planned.size());
    return new Node(
        todo,
        Optional.of(last),
        recipe(todo),
        telling,
        new Node.Past(planned.subList(before, planned.size()), planned),
        new Node.Handling(name, force, below, confined));
  }

  private Ingredients recipe(Operation operation) {
    Digest parent = last.key();
    String text = shortened(last.telling().text());
    Platform platform = request.platform();
    return switch (operation) {
      case Operation.Run run ->
          Keys.run(platform, parent, text, run.run(), planner.tools().ground());
      case Operation.Copy copy -> {
        Optional<Digest> selected =
            copy.from() instanceof StepMount.Origin.Context context
                ? Optional.of(Selection.of(copy.copy(), context.files(), copy.downloads()).digest())
                : Optional.empty();
        yield Keys.copy(platform, parent, text, copy.copy(), copy.from(), selected);
      }
      case Operation.MakeDirectory directory ->
          Keys.directory(platform, parent, text, directory.path(), directory.user());
      case Operation.Scratch scratch -> Keys.scratch(platform);
      case Operation.Base base -> Keys.base(platform, base.image());
    };
  }

  private Operation copy(FileOperation.Copy copy, Optional<Recipe.Step> typed)
      throws InterruptedException {
    String place = copy.instruction().location().toString();
    StepMount.Origin from;
    if (copy.from().isPresent()) {
      from =
          planner.origin(
              planner
                  .graph()
                  .copyFrom(stage.index(), copy.from().get(), copy.instruction().source()),
              place);
    } else {
      String context = typed.map(Recipe.Step::context).orElse("");
      from = new StepMount.Origin.Context(context, planner.tools().contexts().files(context));
    }
    return new Operation.Copy(copy.operation(), from, planner.downloads().of(copy.operation()));
  }

  private RunOperation run(FileOperation.Run run, Optional<Recipe.Step> typed)
      throws InterruptedException {
    String place = run.instruction().location().toString();
    RunOptions options = run.instruction().options();
    Leave leave = planner.tools().privileges().leave(options, request.run().allowed(), place);
    Platform platform = state.image().platform();
    if (!PlatformChoice.runs(platform, Platform.current())) {
      throw BuildException.of(FailureKind.INPUT, "platform-run")
          .at(place)
          .remedy("Build this platform on a machine of its kind, or use no RUN in its stages.")
          .sentence(
              "RUN for " + platform + " cannot run here: this machine is " + Platform.current());
    }
    var mounts = new ArrayList<StepMount>();
    for (Mount mount : run.mounts()) {
      mounts.add(new StepMount(mount, origin(mount, run, place)));
    }
    var environment = new ArrayList<>(run.environment());
    new TreeMap<>(request.buildEnvironment())
        .forEach((name, value) -> environment.add(name + "=" + value));
    var proxies = new ArrayList<String>();
    run.proxies().forEach((name, value) -> proxies.add(name + "=" + value));
    boolean none = options.network().filter(RunOptions.Network.NONE::equals).isPresent();
    StepReach network =
        none ? StepReach.NONE : request.job().limits().network().orElse(StepReach.EGRESS);
    return new RunOperation(
        run.argv(),
        run.script(),
        run.directory(),
        typed.flatMap(Recipe.Step::user).orElse(run.user()),
        environment,
        proxies,
        mounts,
        network,
        request.run(),
        leave);
  }

  private Optional<StepMount.Origin> origin(Mount mount, FileOperation.Run run, String place)
      throws InterruptedException {
    if (!(mount instanceof Mount.Bind bind)) {
      return Optional.empty();
    }
    if (bind.from().isEmpty()) {
      return Optional.of(new StepMount.Origin.Context("", planner.tools().contexts().files("")));
    }
    var upstream =
        planner.graph().mountFrom(stage.index(), bind.from().get(), run.instruction().source());
    return Optional.of(planner.origin(upstream, place));
  }

  /** What the machine itself can tell belongs to nobody else's build. */
  private static boolean hasLeave(Operation operation) {
    return operation instanceof Operation.Run run && !run.run().leave().equals(Leave.NONE);
  }

  private static boolean hasSecret(Operation operation) {
    return operation instanceof Operation.Run run
        && run.run().mounts().stream()
            .anyMatch(mount ->
                mount.mount() instanceof Mount.Secret || mount.mount() instanceof Mount.Ssh);
  }

  private static String shortened(String text) {
    String line = text.replace('\n', ' ');
    return line.length() <= LONGEST_TEXT ? line : line.substring(0, LONGEST_TEXT) + "…";
  }
}
