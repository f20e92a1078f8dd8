package dev.cairn.service.collection;

import java.time.Duration;
import java.util.List;

/**
 * How long things are kept without being used.
 *
 * @param builds ended builds and their logs
 * @param results the image of an ended build, also if it has no name
 * @param records cache records
 * @param packs context packs
 * @param untagged manifests that no tag, no index and no subject keeps
 * @param uploads unfinished uploads
 * @param grace how long bytes stay that no row reaches, and how long a positive look-up holds them
 */
public record Retention(
    Duration builds,
    Duration results,
    Duration records,
    Duration packs,
    Duration untagged,
    Duration uploads,
    Duration grace) {

  /** Below it, the time from a file to its row might not be covered on a busy machine. */
  private static final Duration LEAST_GRACE = Duration.ofSeconds(10);

  /** When nothing else is configured. */
  public static final Retention DEFAULT =
      new Retention(
          Duration.ofDays(90),
          Duration.ofDays(7),
          Duration.ofDays(30),
          Duration.ofDays(3),
          Duration.ofDays(30),
          Duration.ofDays(1),
          Duration.ofHours(1));

  /**
   * @throws IllegalArgumentException if a time is negative or the grace shorter than ten seconds
   */
  public Retention {
    for (Duration each : List.of(builds, results, records, packs, untagged, uploads)) {
      if (each.isNegative()) {
        throw new IllegalArgumentException("nothing can be kept for less than no time");
      }
    }
    if (grace.compareTo(LEAST_GRACE) < 0) {
      throw new IllegalArgumentException("the grace period is at least ten seconds");
    }
  }

  /** The same with another grace period. */
  public Retention withGrace(Duration other) {
    return new Retention(builds, results, records, packs, untagged, uploads, other);
  }
}
