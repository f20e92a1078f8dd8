package dev.cairn.build;

import java.util.Optional;

/**
 * Why a build failed, in words for its owner.
 *
 * @param code stable, kebab-case: {@code run-exit}, {@code base-not-found}
 * @param kind what sort of thing went wrong
 * @param sentence what happened; never holds a secret
 * @param remedy what to do about it; may be empty
 * @param retryable whether the same request may well succeed later
 * @param phase what the build was doing
 * @param place where in the input, as in {@code Dockerfile:12}
 * @param step the caller's own number of the step
 * @param exitCode of the failed command
 * @param attempt which attempt it was, from 1
 * @param attempts how many there may be
 * @param usage what the attempt had taken by then, if steps had begun
 */
public record BuildFailure(
    String code,
    FailureKind kind,
    String sentence,
    String remedy,
    boolean retryable,
    Phase phase,
    Optional<String> place,
    Optional<Integer> step,
    Optional<Integer> exitCode,
    int attempt,
    int attempts,
    Optional<BuildResult.Usage> usage) {

  /** The same of an attempt that had taken this. */
  public BuildFailure after(Optional<BuildResult.Usage> taken) {
    return new BuildFailure(
        code, kind, sentence, remedy, retryable, phase, place, step, exitCode, attempt, attempts,
        taken);
  }
}
