package dev.cairn.dockerfile.check;

import dev.cairn.dockerfile.BuildArguments;
import dev.cairn.dockerfile.CheckOptions;
import dev.cairn.dockerfile.Dockerfile;
import dev.cairn.dockerfile.DockerfileException;
import dev.cairn.dockerfile.Globals;
import dev.cairn.dockerfile.Scope;
import dev.cairn.dockerfile.Stage;
import dev.cairn.dockerfile.StageGraph;
import dev.cairn.dockerfile.Upstream;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import dev.cairn.dockerfile.value.Suggestion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the build checks over all stages. Rules that need the base image's configuration take its
 * variables from the caller; {@code InvalidBaseImagePlatform} is the engine's.
 */
public final class Checks {
  private final Dockerfile file;
  private final StageGraph graph;
  private final Report report;

  private Checks(Dockerfile file, StageGraph graph, CheckOptions options) {
    this.file = file;
    this.graph = graph;
    this.report = new Report(options);
  }

  /**
   * All findings, by line.
   *
   * @param graph the resolved file
   * @param ignore the context's ignore file
   * @param imageVariables Config.Env of the base image of a stage, by stage index; a stage without
   *     an entry is not checked for undefined variables
   * @param options what the file or the request says about checks
   */
  public static List<Warning> run(
      StageGraph graph,
      IgnoreFile ignore,
      Map<Integer, Map<String, String>> imageVariables,
      CheckOptions options) {
    var checks = new Checks(graph.file(), graph, options);
    CasingRules.check(graph.file(), checks.report);
    ChainRules.check(graph, checks.report);
    checks.files();
    for (Stage stage : graph.file().stages()) {
      StageRules.check(stage, ignore, checks.report);
    }
    checks.variables(imageVariables);
    return checks.report.sorted();
  }

  /** The same without knowing any base image. */
  public static List<Warning> run(StageGraph graph, IgnoreFile ignore) {
    return run(graph, ignore, Map.of(), graph.file().directives().check());
  }

  private void files() {
    for (Stage stage : file.stages()) {
      var base = graph.base(stage.index());
      for (String name : base.unset()) {
        report.add(
            Rule.UNDEFINED_ARG_IN_FROM,
            stage.from(),
            "FROM argument '"
                + name
                + "' is not declared"
                + Suggestion.hint(name, graph.globals().values().keySet()));
      }
      FromRules.check(stage, report);
    }
    defaults();
  }

  /** With no build-args at all, is every base name still a name? */
  private void defaults() {
    var given = graph.globals().arguments();
    var without = new BuildArguments(Map.of(), given.build(), given.target(), given.targetStage());
    Globals globals;
    try {
      globals = Globals.of(file, without);
    } catch (DockerfileException e) {
      return;
    }
    for (Stage stage : file.stages()) {
      FromRules.checkDefault(stage, file.directives().escape(), globals, report);
    }
  }

  private void variables(Map<Integer, Map<String, String>> imageVariables) {
    var scopes = new HashMap<Integer, Scope>();
    for (Stage stage : file.stages()) {
      int index = stage.index();
      Scope scope;
      switch (graph.base(index).upstream()) {
        case Upstream.OfStage parent -> {
          if (!scopes.containsKey(parent.index())) {
            continue;
          }
          scope = scopes.getOrDefault(parent.index(), empty(Map.of())).child();
        }
        case Upstream.Scratch scratch -> scope = empty(Map.of());
        case Upstream.OfContext context -> {
          continue;
        }
        case Upstream.OfImage image -> {
          if (!imageVariables.containsKey(index)) {
            continue;
          }
          scope = empty(imageVariables.getOrDefault(index, Map.of()));
        }
      }
      if (walk(index, scope)) {
        scopes.put(index, scope);
      }
    }
  }

  private Scope empty(Map<String, String> environment) {
    return Scope.ofImage(file.directives().escape(), graph.globals(), environment, "/");
  }

  private boolean walk(int stage, Scope scope) {
    try {
      for (var instruction : graph.instructions(stage)) {
        Set<String> known = scope.runEnvironment().keySet();
        for (String name : scope.apply(instruction).unset()) {
          report.add(
              Rule.UNDEFINED_VAR,
              instruction,
              "Usage of undefined variable '$"
                  + name
                  + "'"
                  + Suggestion.nearest(name, known)
                      .map(near -> " (did you mean $" + near + "?)")
                      .orElse(""));
        }
      }
      return true;
    } catch (DockerfileException e) {
      // A stage that cannot be built is an error of the build, if it is needed at all.
      return false;
    }
  }
}
