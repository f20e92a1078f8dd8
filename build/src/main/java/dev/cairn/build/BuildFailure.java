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
    int attempts) {}
