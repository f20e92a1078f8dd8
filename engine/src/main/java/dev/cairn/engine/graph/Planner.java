package dev.cairn.engine.graph;

import dev.cairn.build.BlobLeases;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Source;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.dockerfile.BuildArguments;
import dev.cairn.dockerfile.Stage;
import dev.cairn.dockerfile.StageGraph;
import dev.cairn.dockerfile.Upstream;
import dev.cairn.dockerfile.value.PlatformName;
import dev.cairn.engine.base.BaseImage;
import dev.cairn.engine.base.BaseLayers;
import dev.cairn.engine.base.BaseResolver;
import dev.cairn.engine.cache.StepName;
import dev.cairn.engine.config.StageState;
import dev.cairn.engine.step.CommandGround;
import dev.cairn.engine.step.Keys;
import dev.cairn.engine.step.Node;
import dev.cairn.engine.step.Operation;
import dev.cairn.engine.step.Privileges;
import dev.cairn.engine.step.SecretMask;
import dev.cairn.engine.step.StepMount;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Platform;
import dev.cairn.oci.http.HttpFetcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;

/**
 * Makes the nodes of the wanted stage and of all that it needs. Images are resolved first, side by
 * side, because their triggers may need further stages; then the stages are walked in the order of
 * the file. Nothing is built here.
 */
public final class Planner {
  private final PlanRequest request;
  private final Tools tools;
  private final Downloads downloads;
  private final Map<Integer, StagePlan> stages = new HashMap<>();
  private final Map<String, Node> imageNodes = new HashMap<>();
  private final Set<Integer> triggered = new HashSet<>();
  private StageGraph graph;
  private int steps;

  /** What planning asks. */
  public record Tools(
      BaseResolver resolver,
      Contexts contexts,
      TaskGroup tasks,
      HttpFetcher fetcher,
      BlobStore blobs,
      BlobLeases leases,
      BuildSink sink,
      SecretMask mask,
      CommandGround ground,
      Privileges privileges) {}

  /** A stage that was walked. */
  record StagePlan(Node last, StageState state, Optional<BaseImage> base) {}

  /** A planner of one image. */
  public Planner(PlanRequest request, Tools tools) {
    this.request = request;
    this.tools = tools;
    this.downloads =
        new Downloads(tools.fetcher(), tools.blobs(), tools.leases(), request.job(), tools.sink());
    var arguments =
        new BuildArguments(
            request.arguments(),
            PlatformName.parse(Platform.current().toString()),
            PlatformName.parse(request.platform().toString()),
            request.target());
    var names = new HashSet<>(request.job().request().contexts().keySet());
    names.remove("");
    this.graph = StageGraph.of(request.file(), arguments, names);
  }

  /**
   * Plans.
   *
   * @throws dev.cairn.dockerfile.DockerfileException if an instruction cannot be used
   * @throws BuildException if an image or a file is not there
   */
  public Planned plan() throws InterruptedException {
    Stage target = graph.target(request.target());
    lastBase(target.index()).ifPresent(tools.resolver()::pinLastBase);
    resolveBases(target);
    for (Stage stage : graph.needed(target)) {
      stages.put(stage.index(), walk(stage));
    }
    StagePlan last = stages.get(target.index());
    if (last == null) {
      throw new IllegalStateException("the target was not planned: " + target.label());
    }
    return new Planned(last.last(), last.state(), last.base(), steps, graph);
  }

  /** Resolves the images of needed stages until no trigger brings another one. */
  private void resolveBases(Stage target) throws InterruptedException {
    boolean more = true;
    while (more) {
      more = false;
      var found = new HashMap<Integer, Future<BaseImage>>();
      for (Stage stage : graph.needed(target)) {
        Optional<String> image = imageOf(stage);
        if (image.isPresent() && triggered.add(stage.index())) {
          String place = stage.from().location().toString();
          Platform platform = platform(stage);
          found.put(
              stage.index(),
              tools.tasks().fork(() -> tools.resolver().resolve(image.get(), platform, place)));
        }
      }
      for (var entry : found.entrySet()) {
        BaseImage image = awaited(entry.getValue());
        List<String> triggers = image.config().config().onBuild();
        if (!triggers.isEmpty()) {
          graph = graph.withTriggers(entry.getKey(), triggers);
          more = true;
        }
      }
    }
  }

  /** The image below the stage and below all stages that it stands on. */
  private Optional<String> lastBase(int stage) {
    int lowest = stage;
    while (graph.base(lowest).upstream() instanceof Upstream.OfStage earlier) {
      lowest = earlier.index();
    }
    return imageOf(lowest);
  }

  private Optional<String> imageOf(Stage stage) {
    return imageOf(stage.index());
  }

  private Optional<String> imageOf(int stage) {
    return switch (graph.base(stage).upstream()) {
      case Upstream.OfImage image -> Optional.of(image.reference());
      case Upstream.OfContext context -> contextImage(context.name());
      case Upstream.OfStage earlier -> Optional.empty();
      case Upstream.Scratch scratch -> Optional.empty();
    };
  }

  private Optional<String> contextImage(String name) {
    var context = request.job().request().contexts().get(name);
    return context != null && context.source() instanceof Source.Image image
        ? Optional.of(image.reference().toString())
        : Optional.empty();
  }

  private Platform platform(Stage stage) {
    return graph
        .base(stage.index())
        .platform()
        .map(name -> Platform.parse(name.toString()))
        .orElse(request.platform());
  }

  private StagePlan walk(Stage stage) throws InterruptedException {
    String place = stage.from().location().toString();
    var settings =
        new StageState.Settings(
            request.file().directives().escape(), graph.globals(), request.epoch());
    Optional<String> image = imageOf(stage);
    StagePlan start;
    if (image.isPresent()) {
      BaseImage base = tools.resolver().resolve(image.get(), platform(stage), place);
      ImageConfig config =
          base.config().withLayers(base.config().diffIds(), BaseLayers.history(base));
      if (graph.base(stage.index()).platform().isPresent()) {
        config = config.withPlatform(platform(stage));
      }
      start =
          new StagePlan(
              imageNode(base, stage.label(), stage.from().text(), place),
              StageState.onImage(config, settings),
              Optional.of(base));
    } else {
      start =
          switch (graph.base(stage.index()).upstream()) {
            case Upstream.OfStage earlier -> {
              StagePlan before = planned(earlier.index());
              yield new StagePlan(before.last(), before.state().onThis(), before.base());
            }
            case Upstream.Scratch scratch ->
                new StagePlan(
                    scratch(stage),
                    StageState.scratch(platform(stage), settings),
                    Optional.empty());
            case Upstream.OfContext context ->
                throw BuildException.of(FailureKind.INPUT, "unsupported")
                    .at(place)
                    .remedy("Begin from scratch and COPY --from=" + context.name() + " / /.")
                    .sentence("FROM a context of files is not supported yet.");
            case Upstream.OfImage unresolved ->
                throw new IllegalStateException("not resolved: " + unresolved.reference());
          };
    }
    return new StagePlanner(this, stage, start).walk();
  }

  /** A stage that stands earlier in the file. */
  StagePlan planned(int index) {
    StagePlan plan = stages.get(index);
    if (plan == null) {
      throw new IllegalStateException("stage " + index + " is used before it is planned");
    }
    return plan;
  }

  /** What {@code --from} or a mount's {@code from=} reads. */
  StepMount.Origin origin(Upstream upstream, String place) throws InterruptedException {
    return switch (upstream) {
      case Upstream.Scratch scratch -> new StepMount.Origin.Nothing();
      case Upstream.OfStage stage ->
          new StepMount.Origin.Built(
              request.file().stages().get(stage.index()).label(), planned(stage.index()).last());
      case Upstream.OfContext context -> {
        Optional<String> image = contextImage(context.name());
        yield image.isPresent()
            ? imageOrigin(image.get(), place)
            : new StepMount.Origin.Context(context.name(), tools.contexts().files(context.name()));
      }
      case Upstream.OfImage image -> imageOrigin(image.reference(), place);
    };
  }

  private StepMount.Origin imageOrigin(String name, String place) throws InterruptedException {
    BaseImage image = tools.resolver().resolve(name, request.platform(), place);
    return new StepMount.Origin.Built(name, imageNode(image, name, "FROM " + name, place));
  }

  private Node imageNode(BaseImage image, String stage, String text, String place) {
    return imageNodes.computeIfAbsent(
        image.manifest().digest().toString(),
        digest -> {
          tools
              .sink()
              .material(
                  new BuildResult.Material(
                      "image", image.name(), image.root().digest().toString()));
          return start(
              new Operation.Base(image),
              Keys.base(request.platform(), image),
              new Node.Telling(nextStep(), stage, text, place, Optional.empty()),
              new Node.Past(BaseLayers.history(image), BaseLayers.history(image)),
              // What our own registry holds belongs to a tenant too.
              image.where() != BaseImage.Where.PUBLIC);
        });
  }

  private Node scratch(Stage stage) {
    return start(
        new Operation.Scratch(),
        Keys.scratch(request.platform()),
        new Node.Telling(
            0, stage.label(), "FROM scratch", stage.from().location().toString(), Optional.empty()),
        new Node.Past(new ArrayList<>(), new ArrayList<>()),
        false);
  }

  private static Node start(
      Operation operation,
      dev.cairn.engine.cache.Ingredients recipe,
      Node.Telling telling,
      Node.Past past,
      boolean confined) {
    var name = StepName.of(telling.text(), telling.stage(), "FROM", 0, telling.text());
    return new Node(
        operation,
        Optional.empty(),
        recipe,
        telling,
        past,
        new Node.Handling(name, false, false, confined));
  }

  int nextStep() {
    return ++steps;
  }

  PlanRequest request() {
    return request;
  }

  Tools tools() {
    return tools;
  }

  StageGraph graph() {
    return graph;
  }

  Downloads downloads() {
    return downloads;
  }

  private static <T> T awaited(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw dev.cairn.engine.cache.SharedWork.unwrapped(e);
    }
  }
}
