package dev.cairn.dockerfile;

import dev.cairn.dockerfile.value.PlatformName;
import dev.cairn.dockerfile.value.Suggestion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The stages of one build request: FROM expanded, references resolved, ONBUILD triggers of stages
 * put in front. Every edge leads to an earlier stage, so there are no cycles.
 */
public final class StageGraph {
  private final Dockerfile file;
  private final Globals globals;
  private final Set<String> contexts;
  private final Map<Integer, List<String>> imageTriggers;
  private final List<Base> bases = new ArrayList<>();
  private final List<List<Instruction>> instructions = new ArrayList<>();

  /**
   * Where a stage starts.
   *
   * @param upstream stage, context, image or nothing
   * @param name the expanded word of FROM
   * @param platform the expanded {@code --platform}
   * @param unset variables of FROM that no ARG declares
   */
  public record Base(
      Upstream upstream, String name, Optional<PlatformName> platform, Set<String> unset) {}

  private StageGraph(
      Dockerfile file,
      Globals globals,
      Set<String> contexts,
      Map<Integer, List<String>> imageTriggers) {
    this.file = file;
    this.globals = globals;
    this.contexts = Set.copyOf(contexts);
    this.imageTriggers = Map.copyOf(imageTriggers);
    for (Stage stage : file.stages()) {
      bases.add(base(stage));
      instructions.add(effective(stage));
    }
  }

  /**
   * Resolves a file for a request.
   *
   * @param contexts names of the request's further contexts
   * @throws DockerfileException for a FROM that cannot be resolved
   */
  public static StageGraph of(Dockerfile file, BuildArguments arguments, Set<String> contexts) {
    try {
      return new StageGraph(file, Globals.of(file, arguments), contexts, Map.of());
    } catch (DockerfileException e) {
      throw file.locate(e);
    }
  }

  /** The same graph with the ONBUILD triggers that the image of a stage brought. */
  public StageGraph withTriggers(int stage, List<String> triggers) {
    var all = new HashMap<>(imageTriggers);
    all.put(stage, List.copyOf(triggers));
    try {
      return new StageGraph(file, globals, contexts, all);
    } catch (DockerfileException e) {
      throw file.locate(e);
    }
  }

  /** The file. */
  public Dockerfile file() {
    return file;
  }

  /** The global scope. */
  public Globals globals() {
    return globals;
  }

  /** Where a stage starts. */
  public Base base(int stage) {
    return bases.get(stage);
  }

  /** What a stage does: triggers of its base, then its own; nothing if a context replaces it. */
  public List<Instruction> instructions(int stage) {
    return instructions.get(stage);
  }

  /**
   * The stage to build: by name in any case, or the last one.
   *
   * @throws DockerfileException with a suggestion if there is no such stage
   */
  public Stage target(Optional<String> name) {
    if (name.isEmpty() || name.get().isEmpty()) {
      return file.stages().getLast();
    }
    String wanted = name.get().toLowerCase(Locale.ROOT);
    return file.stages().stream()
        .filter(stage -> stage.name().equals(Optional.of(wanted)))
        .reduce((first, second) -> second)
        .orElseThrow(() -> unknownTarget(name.get()));
  }

  private DockerfileException unknownTarget(String name) {
    var names = new TreeSet<String>();
    file.stages().forEach(stage -> stage.name().ifPresent(names::add));
    return file.locate(
        new DockerfileException(
            Problem.TARGET,
            "target stage \"" + name + "\" could not be found" + Suggestion.hint(name, names),
            file.stages().getLast().from().source()));
  }

  /**
   * The stages a target needs, itself included, in file order.
   *
   * @throws DockerfileException if one of them refers to a stage wrongly
   */
  public List<Stage> needed(Stage target) {
    var found = new TreeSet<Integer>();
    var open = new ArrayDeque<Integer>(List.of(target.index()));
    while (!open.isEmpty()) {
      int index = open.remove();
      if (found.add(index)) {
        for (Upstream upstream : upstreams(index)) {
          if (upstream instanceof Upstream.OfStage stage) {
            open.add(stage.index());
          }
        }
      }
    }
    return found.stream().map(file.stages()::get).toList();
  }

  /** All that one stage reads from: its base, then {@code --from} and mounts, each once. */
  public Set<Upstream> upstreams(int stage) {
    var found = new LinkedHashSet<Upstream>();
    found.add(bases.get(stage).upstream());
    for (Instruction instruction : instructions.get(stage)) {
      switch (instruction) {
        case Instruction.Copy copy ->
            copy.from().ifPresent(from -> found.add(copyFrom(stage, from, copy.source())));
        case Instruction.Run run ->
            run.mountSources().forEach(from -> found.add(mountFrom(stage, from, run.source())));
        default -> {}
      }
    }
    return found;
  }

  /** What {@code COPY --from=} of a stage means; numbers are stages. */
  public Upstream copyFrom(int stage, String from, SourceText source) {
    if (!from.matches("\\d{1,9}")) {
      return mountFrom(stage, from, source);
    }
    int index = Integer.parseInt(from);
    if (index >= file.stages().size()) {
      throw fail(
          Problem.STAGE_INDEX,
          "invalid from flag value "
              + from
              + ": there are only "
              + file.stages().size()
              + " stages, counted from 0",
          source);
    }
    return earlier(stage, index, from, source);
  }

  /** What {@code from=} of a mount in a stage means; names only. */
  public Upstream mountFrom(int stage, String from, SourceText source) {
    String name = from.toLowerCase(Locale.ROOT);
    Optional<Integer> earlier = lastNamed(name, 0, stage);
    if (earlier.isPresent()) {
      return new Upstream.OfStage(earlier.get());
    }
    Optional<Integer> later = lastNamed(name, stage, file.stages().size());
    if (later.isPresent()) {
      int index = name.equals(file.stages().get(stage).name().orElse("")) ? stage : later.get();
      return earlier(stage, index, from, source);
    }
    return outside(from);
  }

  private Upstream earlier(int stage, int index, String from, SourceText source) {
    if (index == stage) {
      throw fail(
          Problem.CIRCULAR,
          "circular dependency detected on stage: " + file.stages().get(stage).label(),
          source);
    }
    if (index > stage) {
      throw fail(
          Problem.STAGE_ORDER,
          "cannot copy from stage \""
              + from
              + "\", it needs to be defined before current stage \""
              + file.stages().get(stage).label()
              + "\"",
          source);
    }
    return new Upstream.OfStage(index);
  }

  private Optional<Integer> lastNamed(String name, int from, int to) {
    for (int i = to - 1; i >= from; i--) {
      if (file.stages().get(i).name().equals(Optional.of(name))) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  private Upstream outside(String name) {
    if (name.equals("scratch")) {
      return new Upstream.Scratch();
    }
    return ContextNames.find(contexts, name)
        .<Upstream>map(Upstream.OfContext::new)
        .orElseGet(() -> new Upstream.OfImage(name));
  }

  private Base base(Stage stage) {
    SourceText source = stage.from().source();
    char escape = file.directives().escape();
    var name = Globals.expand(escape, stage.from().base(), globals.variables(), source);
    if (name.text().isEmpty()) {
      throw fail(
          Problem.BLANK_BASE,
          "base name (" + stage.from().base() + ") should not be blank",
          source);
    }
    var unset = new LinkedHashSet<>(name.unset());
    Optional<PlatformName> platform = Optional.empty();
    if (stage.from().platform().isPresent()) {
      String written = stage.from().platform().get();
      var word = Globals.expand(escape, written, globals.variables(), source);
      unset.addAll(word.unset());
      platform = Optional.of(platform(word.text(), written, source));
    }
    Optional<String> replaced = stage.name().flatMap(own -> ContextNames.find(contexts, own));
    Upstream upstream =
        replaced
            .<Upstream>map(Upstream.OfContext::new)
            .or(() ->
                lastNamed(name.text().toLowerCase(Locale.ROOT), 0, stage.index())
                    .map(Upstream.OfStage::new))
            .orElseGet(() -> outside(name.text()));
    return new Base(upstream, name.text(), platform, Set.copyOf(unset));
  }

  private static PlatformName platform(String text, String written, SourceText source) {
    try {
      return PlatformName.parse(text);
    } catch (IllegalArgumentException e) {
      throw fail(
          Problem.PLATFORM, "failed to parse platform " + written + ": " + e.getMessage(), source);
    }
  }

  private List<Instruction> effective(Stage stage) {
    if (stage.name().flatMap(own -> ContextNames.find(contexts, own)).isPresent()) {
      return List.of();
    }
    List<String> triggers = imageTriggers.getOrDefault(stage.index(), List.of());
    if (bases.get(stage.index()).upstream() instanceof Upstream.OfStage base) {
      triggers =
          instructions.get(base.index()).stream()
              .flatMap(
                  i -> i instanceof Instruction.Onbuild o ? List.of(o.trigger()).stream() : null)
              .toList();
    }
    var all = new ArrayList<Instruction>();
    for (String trigger : triggers) {
      all.add(Dockerfile.parseTrigger(trigger, stage.from().location()));
    }
    all.addAll(stage.instructions());
    return List.copyOf(all);
  }

  private static DockerfileException fail(Problem problem, String sentence, SourceText source) {
    return new DockerfileException(problem, sentence, source);
  }
}
