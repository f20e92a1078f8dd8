package dev.cairn.engine;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Recipe;
import dev.cairn.dockerfile.Dockerfile;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.dockerfile.SourceText;
import dev.cairn.dockerfile.Stage;
import dev.cairn.engine.graph.Contexts;
import dev.cairn.engine.graph.PlanRequest;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Platform;
import dev.cairn.oci.Reference;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what a job asks into plans, one per platform; refuses by name what is not supported. */
final class Recipes {
  private static final String INLINE = "Dockerfile";

  private final BuildJob job;
  private final Contexts contexts;

  Recipes(BuildJob job, Contexts contexts) {
    this.job = job;
    this.contexts = contexts;
  }

  /** The digests that bases must have. */
  static Map<String, Digest> pins(BuildJob job) {
    return job.request().recipe() instanceof Recipe.Dockerfile dockerfile
        ? dockerfile.basePins()
        : Map.of();
  }

  List<PlanRequest> requests() throws InterruptedException {
    refuseOutputs();
    return switch (job.request().recipe()) {
      case Recipe.Dockerfile dockerfile -> ofDockerfile(dockerfile);
      case Recipe.Steps steps -> ofSteps(steps);
      case Recipe.Import imported ->
          ofSteps(
              new Recipe.Steps(
                  Optional.of(imported.image()),
                  List.of(),
                  imported.platforms(),
                  Recipe.RunOptions.DEFAULT));
      case Recipe.Buildpacks buildpacks ->
          throw unsupported("Building with buildpacks", "Send a Dockerfile.");
    };
  }

  private void refuseOutputs() {
    var outputs = job.request().outputs();
    if (outputs.sbom().isPresent()) {
      throw unsupported("outputs.sbom", "Leave it out.");
    }
    if (outputs.rootFileSystem().isPresent() || outputs.machine().isPresent()) {
      throw unsupported("outputs.root_file_system and outputs.machine", "Leave them out.");
    }
    if (outputs.compression().force()) {
      throw unsupported("outputs.compression.force", "Leave it out; base layers stay as they are.");
    }
    if (outputs.rewriteTimestamps()) {
      throw unsupported("outputs.rewrite_timestamps", "Leave it out.");
    }
    var cache = job.request().cache();
    if (!cache.imports().isEmpty() || !cache.exports().isEmpty()) {
      throw unsupported("Importing or exporting a cache", "Use a cache scope.");
    }
  }

  private List<PlanRequest> ofDockerfile(Recipe.Dockerfile recipe) throws InterruptedException {
    Dockerfile file =
        switch (recipe.file()) {
          case Recipe.DockerfileText.Inline inline -> {
            inline.ignore().ifPresent(contexts::ignoring);
            yield Dockerfile.parse(INLINE, inline.text());
          }
          case Recipe.DockerfileText.InSource named -> {
            var found = contexts.dockerfile(named.path().value());
            yield Dockerfile.parse(found.name(), found.content());
          }
        };
    return platforms(recipe.platforms()).stream()
        .map(platform ->
            new PlanRequest(
                job,
                file,
                recipe.target(),
                recipe.arguments(),
                recipe.buildEnvironment(),
                recipe.run(),
                platform,
                epoch(recipe.arguments()),
                List.of()))
        .toList();
  }

  private List<PlanRequest> ofSteps(Recipe.Steps recipe) {
    String base = recipe.base().map(Reference::toString).orElse("scratch");
    var from =
        new Instruction.From(
            SourceText.synthetic("base", "FROM " + base), base, Optional.empty(), Optional.empty());
    var stage = new Stage(0, from, recipe.steps().stream().map(Recipe.Step::instruction).toList());
    Dockerfile file = Dockerfile.ofStages("steps", List.of(stage));
    return platforms(recipe.platforms()).stream()
        .map(platform ->
            new PlanRequest(
                job,
                file,
                Optional.empty(),
                Map.of(),
                Map.of(),
                recipe.run(),
                platform,
                epoch(Map.of()),
                recipe.steps()))
        .toList();
  }

  private static List<Platform> platforms(List<Platform> asked) {
    return asked.isEmpty() ? List.of(Platform.current()) : asked;
  }

  private Optional<Instant> epoch(Map<String, String> arguments) {
    Optional<Long> seconds = job.request().outputs().sourceDateEpoch();
    String argument = arguments.getOrDefault("SOURCE_DATE_EPOCH", "");
    if (seconds.isEmpty() && !argument.isEmpty()) {
      if (!argument.matches("[0-9]{1,12}")) {
        throw unsupported("SOURCE_DATE_EPOCH=" + argument, "Give it as seconds since 1970.");
      }
      seconds = Optional.of(Long.parseLong(argument));
    }
    return seconds.map(Instant::ofEpochSecond);
  }

  private static BuildException unsupported(String what, String remedy) {
    return BuildException.of(FailureKind.INPUT, "unsupported")
        .remedy(remedy)
        .sentence(what + " is not supported yet.");
  }
}
