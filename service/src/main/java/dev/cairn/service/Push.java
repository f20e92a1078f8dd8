package dev.cairn.service;

import dev.cairn.build.BuildFailure;
import dev.cairn.build.Outputs;
import dev.cairn.oci.Descriptor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An image on its way from our registry to another one, as it stands at one moment.
 *
 * @param id which
 * @param image how the caller named it
 * @param manifest what is pushed
 * @param to where
 * @param state where it stands
 * @param attempt which attempt runs or ran, from 1; 0 before the first
 * @param position its place among those that wait; present while it is queued
 * @param times when what happened
 * @param layers how many different layers the image has
 * @param bytes of these layers together
 * @param progress how far it has come
 * @param failure why it failed; present exactly when the state is {@code FAILED}
 */
public record Push(
    PushId id,
    String image,
    Descriptor manifest,
    Outputs.Destination to,
    State state,
    int attempt,
    Optional<Integer> position,
    Times times,
    int layers,
    long bytes,
    Progress progress,
    Optional<BuildFailure> failure) {

  /** Where a push stands. The last three are final. */
  public enum State {
    QUEUED,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    /** Whether it stays so. */
    public boolean isFinal() {
      return switch (this) {
        case QUEUED, RUNNING -> false;
        case SUCCEEDED, FAILED, CANCELLED -> true;
      };
    }
  }

  /** When what happened. */
  public record Times(Instant created, Optional<Instant> started, Optional<Instant> completed) {}

  /**
   * How far the attempt that runs, or the last one, came. Manifests count as blobs.
   *
   * @param sent blobs whose bytes were sent
   * @param present blobs that were there
   * @param mounted blobs that the registry took over from another of its repositories
   * @param bytesSent of all blobs, those that had to go again counted again
   * @param moving blobs under way
   * @param retry why something is tried again, if that was the last that happened
   */
  public record Progress(
      int sent,
      int present,
      int mounted,
      long bytesSent,
      List<Moving> moving,
      Optional<String> retry) {
    /** Nothing yet. */
    public static final Progress NONE = new Progress(0, 0, 0, 0, List.of(), Optional.empty());

    public Progress {
      moving = List.copyOf(moving);
    }
  }

  /** A blob under way. */
  public record Moving(String digest, long done, long size) {}
}
