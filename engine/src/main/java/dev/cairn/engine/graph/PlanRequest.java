package dev.cairn.engine.graph;

import dev.cairn.build.BuildJob;
import dev.cairn.build.Recipe;
import dev.cairn.dockerfile.Dockerfile;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.oci.Platform;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A recipe on its way to nodes, typed steps and Dockerfiles alike.
 *
 * @param job the build
 * @param file the stages
 * @param target the stage wanted
 * @param arguments build arguments
 * @param buildEnvironment environment of every RUN that never enters the image
 * @param run how every RUN is run
 * @param platform what is built for
 * @param epoch the time of new history entries
 * @param typed what the caller said about single instructions
 */
public record PlanRequest(
    BuildJob job,
    Dockerfile file,
    Optional<String> target,
    Map<String, String> arguments,
    Map<String, String> buildEnvironment,
    Recipe.RunOptions run,
    Platform platform,
    Optional<Instant> epoch,
    List<Recipe.Step> typed) {
  public PlanRequest {
    typed = List.copyOf(typed);
  }

  /** What the caller said about an instruction. */
  Optional<Recipe.Step> step(Instruction instruction) {
    return typed.stream().filter(step -> step.instruction().equals(instruction)).findFirst();
  }
}
