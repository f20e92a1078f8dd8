package dev.cairn.service.queue;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildState;
import dev.cairn.service.Metrics;
import dev.cairn.service.Submission;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.log.LogDirectory;
import dev.cairn.service.secret.SentValues;
import dev.cairn.service.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes submissions on: the sent values, the log, then the row, in the order of a crash. */
final class BuildIntake {
  private static final Logger log = LoggerFactory.getLogger(BuildIntake.class);

  /** What the row, the log and the failure of one build may take. */
  private static final long ROOM = 1L << 20;

  private final AuditLog audit;
  private final LogDirectory logs;
  private final SentValues sent;
  private final DiskReserve disk;
  private final Acceptance acceptance;
  private final Clock clock;
  private final Metrics metrics;

  BuildIntake(
      AuditLog audit,
      LogDirectory logs,
      SentValues sent,
      DiskReserve disk,
      Acceptance acceptance,
      Clock clock,
      Metrics metrics) {
    this.audit = audit;
    this.logs = logs;
    this.sent = sent;
    this.disk = disk;
    this.acceptance = acceptance;
    this.clock = clock;
    this.metrics = metrics;
  }

  /**
   * What became of a submission.
   *
   * @param id the build
   * @param created whether it is new
   * @param superseded the builds that it takes the place of
   */
  record Taken(BuildId id, boolean created, List<BuildId> superseded) {}

  /** Takes it on, or finds the build that it was taken on as before. */
  Taken take(Submission submission) {
    acceptance.check(submission);
    disk.requireRoom(ROOM);
    boolean sends = Acceptance.sendsValues(submission);
    boolean created = false;
    try {
      if (sends) {
        sent.put(submission.id(), submission.sealed());
      }
      Taken taken = write(submission, clock.instant());
      created = taken.created();
      if (created) {
        metrics.record(Metrics.Measure.BUILDS_ACCEPTED, 1, submission.request().origin().dialect());
      }
      return taken;
    } catch (UncheckedIOException | StoreException e) {
      if (DiskReserve.isFull(e)) {
        log.error("a build cannot be accepted", e);
        throw DiskReserve.full();
      }
      throw e;
    } finally {
      if (!created) {
        forget(submission.id(), sends);
      }
    }
  }

  private Taken write(Submission submission, Instant now) {
    // The log comes before the commit, because a runner may begin to write right after it.
    try (var events = logs.open(submission.id())) {
      events.append(new BuildEvent.StateChanged(BuildState.QUEUED, Optional.empty()));
      return audit.write(
          Deed.of(Action.BUILD_ACCEPTED, submission.request().tenant(), submission.id())
              .by(submission.principal().tokenId()),
          session -> {
            Optional<BuildId> known = acceptance.recognise(session, submission, now);
            if (known.isPresent()) {
              return new Taken(known.get(), false, List.of());
            }
            acceptance.insert(session, submission, now);
            return new Taken(submission.id(), true, Acceptance.superseded(session, submission));
          },
          taken -> taken.created() ? "done" : "repeated as " + taken.id());
    }
  }

  /** A submission that was not taken leaves nothing; what a crash leaves is swept later. */
  private void forget(BuildId id, boolean sends) {
    if (sends) {
      sent.erase(id);
    }
    try {
      logs.delete(id);
    } catch (IOException e) {
      log.warn("the log of a refused submission stays until it is swept", e);
    }
  }
}
