package dev.cairn.service;

import dev.cairn.build.BuildFailure;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildState;
import dev.cairn.build.Origin;
import dev.cairn.build.Phase;
import dev.cairn.build.TenantId;
import dev.cairn.build.WaitReason;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A build as it stands at one moment: everything that a dialect shows of it. State and all that
 * belongs to it come from one read of one row.
 *
 * @param id which
 * @param request what was asked; names sealed values by handle only
 * @param state where it stands
 * @param phase what it is doing; present while it runs
 * @param waiting why it waits; present while it is queued
 * @param attempt which attempt runs or ran, from 1; 0 before the first
 * @param times when what happened
 * @param cancelRequested who wanted it to stop
 * @param failure why it failed; present exactly when the state is {@code FAILED}
 * @param result what came of it; present exactly when the state is {@code READY}
 */
public record Build(
    BuildId id,
    BuildRequest request,
    BuildState state,
    Optional<Phase> phase,
    Optional<Waiting> waiting,
    int attempt,
    Times times,
    Optional<CancelRequest> cancelRequested,
    Optional<BuildFailure> failure,
    Optional<Outcome> result) {

  /**
   * A place in the queue.
   *
   * @param reason why it has not started
   * @param position among all that wait here, whosever they are; 1 starts next
   * @param estimate until it starts, from how long builds took lately; absent without history
   */
  public record Waiting(WaitReason reason, int position, Optional<Duration> estimate) {}

  /**
   * When what happened.
   *
   * @param accepted when it was accepted
   * @param started when its first attempt began; kept over restarts
   * @param completed when it came to its final state
   */
  public record Times(Instant accepted, Optional<Instant> started, Optional<Instant> completed) {}

  /**
   * A wish that it stops.
   *
   * @param who the token's id, or {@code cairn} for the service itself
   * @param when the first time it was asked
   * @param why in words; may be empty
   */
  public record CancelRequest(String who, Instant when, String why) {}

  /**
   * What came of a build.
   *
   * @param image the manifest, or the index when several platforms were asked for
   * @param manifests the manifests, one per platform
   * @param names the names that were moved to it, {@code repository:tag}, relative to the tenant
   * @param materials what went in
   * @param baseDigest the manifest digest of the final stage's base
   * @param builder name and version of what really built it
   * @param rung the isolation that the steps ran under
   * @param usage what it took
   * @param reusedFrom the earlier build whose result this is
   */
  public record Outcome(
      Descriptor image,
      List<Descriptor> manifests,
      List<String> names,
      List<BuildResult.Material> materials,
      Optional<Digest> baseDigest,
      String builder,
      String rung,
      BuildResult.Usage usage,
      Optional<BuildId> reusedFrom) {
    public Outcome {
      manifests = List.copyOf(manifests);
      names = List.copyOf(names);
      materials = List.copyOf(materials);
    }
  }

  /** Whose. */
  public TenantId tenant() {
    return request.tenant();
  }

  /** The caller's marks. */
  public Map<String, String> labels() {
    return request.labels();
  }

  /** Where it came from. */
  public Origin origin() {
    return request.origin();
  }

  /** From first start to end; absent until both are known. */
  public Optional<Duration> duration() {
    return times.started().flatMap(from -> times.completed().map(to -> Duration.between(from, to)));
  }
}
