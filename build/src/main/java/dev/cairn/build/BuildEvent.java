package dev.cairn.build;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One thing that happened in a build. Events are numbered from 1 per build without a gap and are
 * durable before anybody sees them; everything streamed is this log from an offset.
 *
 * @param number the position in the build's log
 * @param at when it happened
 * @param body what happened
 */
public record BuildEvent(long number, Instant at, Body body) {

  /** What happened. */
  public sealed interface Body {}

  /** The build entered a state. A final one is the last event. */
  public record StateChanged(BuildState state, Optional<BuildFailure> failure) implements Body {}

  /**
   * A step began.
   *
   * @param step its number, from 1 in the order of the file
   * @param of how many steps the build has
   * @param stage the stage's name or number
   * @param text the instruction as the author wrote it, secrets masked
   * @param place as in {@code Dockerfile:12}
   */
  public record StepStarted(int step, int of, String stage, String text, String place)
      implements Body {}

  /** How a step came to its result. */
  public enum Outcome {
    RAN,
    CACHED,
    /** Another build was running the same step; its result was shared. */
    SHARED,
    FAILED,
    CANCELLED
  }

  /**
   * A step ended.
   *
   * @param step its number
   * @param outcome how
   * @param milliseconds from its start
   * @param miss why no earlier result was taken; absent for a hit
   * @param layer the digest of the layer it made, if any
   */
  public record StepFinished(
      int step, Outcome outcome, long milliseconds, Optional<Miss> miss, Optional<String> layer)
      implements Body {}

  /**
   * Why a step was not cached.
   *
   * @param reason the kind: {@code never-built}, {@code parent-changed}, {@code files-changed},
   *     {@code instruction-changed}, {@code argument-changed}, {@code base-changed}, {@code
   *     cache-off}, {@code forced}, …
   * @param sentence the same in words
   * @param details names of what changed: files, arguments, …; cut to 20
   */
  public record Miss(String reason, String sentence, List<String> details) {
    public Miss {
      details = List.copyOf(details);
    }
  }

  /** Which stream a line came from. */
  public enum Stream {
    STDOUT,
    STDERR,
    /** Said by Cairn itself. */
    BUILDER
  }

  /**
   * A line of output, without its line feed, raw but for masked secrets. Encoding is the reader's
   * business.
   *
   * @param step the step it belongs to; 0 for the build itself
   */
  public record Log(int step, Stream stream, String line) implements Body {}

  /** How far something long has come; {@code total} is 0 if unknown. */
  public record Progress(int step, String what, long done, long total) implements Body {}

  /** Something the author should know, as a build check or a limit that cut the log. */
  public record Warning(String code, String sentence, Optional<String> place) implements Body {}

  /** Something failed and is tried again. */
  public record Retry(String what, String reason, int attempt) implements Body {}
}
