package dev.cairn.engine.cache;

import dev.cairn.build.BuildEvent.Miss;
import dev.cairn.engine.layer.Layer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers "why was it not cached": finds the nearest earlier record of the same step and says what
 * differs. Differences nearer to the author's hand come first: his files before his arguments,
 * these before the base, and a changed parent step last, because it only passes on another's
 * change.
 */
public final class MissExplainer {
  private static final int MOST_DETAILS = 20;

  private static final List<Ingredient.Kind> ORDER =
      List.of(
          Ingredient.Kind.INSTRUCTION,
          Ingredient.Kind.FILES,
          Ingredient.Kind.ARGUMENT,
          Ingredient.Kind.SETTING,
          Ingredient.Kind.MOUNT,
          Ingredient.Kind.BASE,
          Ingredient.Kind.PLATFORM,
          Ingredient.Kind.SOURCE,
          Ingredient.Kind.DESTINATION,
          Ingredient.Kind.PARENT,
          Ingredient.Kind.VERSION);

  private final StepCache cache;
  private final FileChanges files;

  /** Names the files that two layers of the same step do not have in common. */
  @FunctionalInterface
  public interface FileChanges {
    /** Paths that differ, each with what happened to it; empty if that cannot be told. */
    List<String> between(Layer before, Layer now);
  }

  /** An explainer over the records that a build may read. */
  public MissExplainer(StepCache cache, FileChanges files) {
    this.cache = cache;
    this.files = files;
  }

  /** Why a step that was forced to run did. */
  public static Miss forced(boolean wholeBuild) {
    return wholeBuild
        ? new Miss("cache-off", "The build was asked not to use earlier results.", List.of())
        : new Miss("forced", "This step was asked to run again in any case.", List.of());
  }

  /**
   * Why no record fitted.
   *
   * @param name the step
   * @param recipe its present ingredients
   * @param layer the layer that a COPY or ADD made of them; absent for other steps
   */
  public Miss explain(StepName name, Ingredients recipe, Optional<Layer> layer) {
    if (!cache.reading()) {
      return forced(true);
    }
    Optional<StepRecord> nearest = cache.nearest(name);
    if (nearest.isEmpty()) {
      return new Miss("never-built", "This step was not built before in these scopes.", List.of());
    }
    StepRecord earlier = nearest.get();
    Map<Ingredient.Kind, List<String>> differences =
        differences(earlier.ingredients(), recipe.all());
    for (Ingredient.Kind kind : ORDER) {
      List<String> names = differences.getOrDefault(kind, List.of());
      if (!names.isEmpty()) {
        return miss(kind, names, changedFiles(kind, earlier, layer));
      }
    }
    return new Miss(
        "result-gone", "An equal step was built before, but its result is gone.", List.of());
  }

  private List<String> changedFiles(
      Ingredient.Kind kind, StepRecord earlier, Optional<Layer> layer) {
    boolean ofFiles = kind == Ingredient.Kind.FILES || kind == Ingredient.Kind.SOURCE;
    if (!ofFiles || layer.isEmpty() || earlier.chain().layers().isEmpty()) {
      return List.of();
    }
    return files.between(earlier.chain().layers().getLast(), layer.get());
  }

  private static Miss miss(Ingredient.Kind kind, List<String> names, List<String> changed) {
    List<String> details = changed.isEmpty() ? names : changed;
    String what = names.size() == 1 ? names.getFirst() : names.size() + " of them";
    String sentence =
        switch (kind) {
          case FILES ->
              changed.isEmpty()
                  ? "The files it reads have changed: " + what + "."
                  : changed.size() + " of the files it reads have changed: " + shown(changed) + ".";
          case ARGUMENT -> "Variables of its environment have changed: " + shown(names) + ".";
          case INSTRUCTION -> "The instruction itself has changed.";
          case SETTING -> "What it runs with has changed: " + shown(names) + ".";
          case MOUNT -> "Its mounts have changed: " + shown(names) + ".";
          case BASE -> "The base image has changed: " + shown(names) + ".";
          case PLATFORM -> "It is built for another platform.";
          case SOURCE -> "What it copies or mounts from has changed: " + shown(details) + ".";
          case DESTINATION -> "The files at its destination have changed: " + shown(names) + ".";
          case PARENT -> "A step before it has changed: " + shown(names) + ".";
          case VERSION -> "Keys are made in another way since then.";
        };
    return new Miss(
        kind.reason(), sentence, details.subList(0, Math.min(MOST_DETAILS, details.size())));
  }

  private static String shown(List<String> names) {
    return names.size() <= 3
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 3)) + " and " + (names.size() - 3) + " more";
  }

  /** The names of what was added, removed or changed, by kind. */
  static Map<Ingredient.Kind, List<String>> differences(
      List<Ingredient> before, List<Ingredient> now) {
    Map<List<String>, Ingredient> old = byName(before);
    Map<List<String>, Ingredient> fresh = byName(now);
    var found = new LinkedHashMap<Ingredient.Kind, List<String>>();
    fresh.forEach((name, ingredient) -> {
      Ingredient earlier = old.remove(name);
      if (earlier == null || !earlier.value().equals(ingredient.value())) {
        add(found, ingredient);
      }
    });
    old.values().forEach(gone -> add(found, gone));
    return found;
  }

  private static void add(Map<Ingredient.Kind, List<String>> found, Ingredient ingredient) {
    found.computeIfAbsent(ingredient.kind(), kind -> new ArrayList<>()).add(ingredient.name());
  }

  /** By kind and name; of two of one name the second is the second everywhere. */
  private static Map<List<String>, Ingredient> byName(List<Ingredient> ingredients) {
    var map = new LinkedHashMap<List<String>, Ingredient>();
    for (Ingredient ingredient : ingredients) {
      int nth = 0;
      List<String> name;
      do {
        name = List.of(ingredient.kind().name(), ingredient.name(), String.valueOf(nth++));
      } while (map.containsKey(name));
      map.put(name, ingredient);
    }
    return map;
  }
}
