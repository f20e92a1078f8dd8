package dev.cairn.service;

import dev.cairn.build.BuildId;
import dev.cairn.build.TenantId;
import java.util.Optional;

/** Builds: accepting, looking, cancelling. Everything is by tenant; a foreign id is unknown. */
public interface Builds {

  /**
   * What became of a submission.
   *
   * @param build the build
   * @param created whether it is new; if not, the submission was recognised (idempotency or dedupe
   *     key) and its own id is not used
   */
  record Accepted(Build build, boolean created) {}

  /** What became of a wish to cancel. */
  enum Cancellation {
    /** It had not started and is cancelled. */
    CANCELLED,
    /** It runs and is being stopped. */
    STOPPING,
    /** It has ended already. */
    ENDED,
    /** The tenant has no such build. */
    UNKNOWN
  }

  /** A new id for a build accepted now. */
  BuildId newId();

  /**
   * Takes a build on: when this returns it is on disk and will come to a final state whatever
   * happens. Quotas, the idempotency key, the dedupe and supersede keys are looked at in the same
   * transaction.
   *
   * @throws ServiceException of kind {@code INVALID} naming the field, {@code FORBIDDEN} if it
   *     wants to write a shared cache without {@link Right#BUILD_ADMIN}, {@code NOT_FOUND} if it
   *     names a context or build that the tenant does not have, {@code UNSUPPORTED} for a feature
   *     that is not offered, {@code QUOTA}, {@code CONFLICT} if an idempotency key comes again with
   *     another request, {@code UNAVAILABLE} while shutting down or without disk space
   */
  Accepted accept(Submission submission);

  /** The build as it stands. */
  Optional<Build> get(TenantId tenant, BuildId id);

  /**
   * Builds, newest first.
   *
   * @throws ServiceException of kind {@code INVALID} if {@code after} is not of an earlier page
   */
  Page<Build> list(TenantId tenant, BuildQuery query);

  /**
   * Asks that a build stops. A running one is stopped soon; whatever its worker says later, it ends
   * as cancelled unless it was already finished.
   *
   * @param who the token's id
   * @param why in words; may be empty
   */
  Cancellation cancel(TenantId tenant, BuildId id, String who, String why);

  /** Lets a draft go into the queue; false if the tenant has no such draft. */
  boolean release(TenantId tenant, BuildId id);

  /** How the queue stands, for operators and metrics. */
  QueueInfo queue();

  /**
   * The queue as a whole.
   *
   * @param waiting builds that wait
   * @param running builds that run
   * @param slots builds that can run at once
   * @param accepting whether new builds are taken
   */
  record QueueInfo(int waiting, int running, int slots, boolean accepting) {}

  /** The tenant's build that a dialect knows under another spelling. */
  Optional<BuildId> byAlias(TenantId tenant, String dialect, String alias);

  /**
   * Gives a build another spelling.
   *
   * @throws ServiceException of kind {@code CONFLICT} if the spelling is taken
   */
  void alias(TenantId tenant, String dialect, String alias, BuildId id);
}
