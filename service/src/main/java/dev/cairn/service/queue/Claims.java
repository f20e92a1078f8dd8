package dev.cairn.service.queue;

import dev.cairn.build.BuildFailure;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Limits;
import dev.cairn.build.Phase;
import dev.cairn.service.builder.BuilderRows;
import dev.cairn.service.json.ModelJson;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Leases of builds: claiming, keeping, giving back, and taking them from the dead. */
final class Claims {
  /** The lock under which processes claim one after another. */
  private static final long CLAIM_LOCK = 7101;

  private final Store store;
  private final QueueSettings settings;
  private final Clock clock;
  private final String owner;

  Claims(Store store, QueueSettings settings, Clock clock, String owner) {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.owner = owner;
  }

  /** What became of a build that was found without a living runner, or that cannot start. */
  record Verdict(BuildId id, Optional<BuildFailure> failure, int attempt) {}

  /** Whose turn is asked for. */
  enum Whose {
    /** Whoever is next. */
    ANYBODY,
    /** Whoever is next, if nothing of that tenant's runs: for what goes beyond the usual number. */
    NEWCOMER
  }

  /** Takes the next build, if one can start. */
  Optional<BuildJob> claim(Whose whose) {
    return store.write(session -> claim(session, whose));
  }

  private Optional<BuildJob> claim(Session session, Whose whose) throws SQLException {
    session.serialise(CLAIM_LOCK);
    Instant now = clock.instant();
    FairOrder.Situation situation = QueueRows.toClaim(session, now);
    for (FairOrder.Place place : FairOrder.order(situation)) {
      if (place.blocked().isPresent()) {
        continue;
      }
      FairOrder.Share share = situation.shares().get(place.entry().tenant());
      if (whose == Whose.NEWCOMER && (share == null || share.running() > 0)) {
        // Nobody is let in before the one whose turn it is.
        return Optional.empty();
      }
      BuildId id = place.entry().id();
      boolean free =
          session.exists(
              "SELECT id FROM build WHERE id = ? AND state = 'queued'"
                  + session.forUpdateSkipLocked(),
              id);
      if (!free) {
        continue;
      }
      session.update(
          """
          UPDATE build SET state = 'preparing', phase = 'source', attempt = attempt + 1,
            lease_owner = ?, lease_until = ?, started_at = COALESCE(started_at, ?)
          WHERE id = ?
          """,
          owner,
          now.plus(settings.lease()),
          now,
          id);
      QueueRows.tookTurn(session, place);
      return Optional.of(
          onBuilder(
              session,
              session.one("SELECT * FROM build WHERE id = ?", this::job, id).orElseThrow(),
              now));
    }
    return Optional.empty();
  }

  /** A build on a named builder gets the cache that the builder has now. */
  private static BuildJob onBuilder(Session session, BuildJob job, Instant now)
      throws SQLException {
    CacheOptions cache = job.request().cache();
    if (cache.builder().isEmpty()) {
      return job;
    }
    String builder = cache.builder().get();
    CacheScope scope =
        BuilderRows.scope(session, job.tenant(), builder)
            .orElseThrow(() ->
                new IllegalStateException("a builder was deleted while a build waited for it"));
    BuilderRows.used(session, job.tenant(), builder, now);
    return new BuildJob(
        job.id(),
        job.attempt(),
        job.request().withCache(cache.writing(scope)),
        job.limits(),
        job.acceptedAt());
  }

  private BuildJob job(Row row) throws SQLException {
    BuildRequest request = ModelJson.read(row.text("request"), BuildRequest.class);
    Limits asked = settings.limits().fill(request.limits());
    var limits =
        new Limits(
            Optional.of(asked.queue().orElse(settings.queue())),
            Optional.of(asked.run().orElse(settings.run())),
            asked.step(),
            Optional.of(asked.push().orElse(settings.push())),
            asked.cpus(),
            asked.memoryBytes(),
            asked.diskBytes(),
            asked.inodes(),
            asked.processes(),
            asked.network());
    return new BuildJob(
        BuildId.parse(row.text("id")),
        (int) row.number("attempt"),
        request,
        limits,
        row.time("accepted_at"));
  }

  /** Keeps all own leases; tells which of these builds are still ours, and whether to cancel. */
  Map<BuildId, Boolean> heartbeat() {
    return store.writeRelaxed(session -> {
      Instant until = clock.instant().plus(settings.lease());
      session.update(
          "UPDATE build SET lease_until = ? WHERE lease_owner = ? AND ended = 0", until, owner);
      Map<BuildId, Boolean> ours = new HashMap<>();
      session.all(
          "SELECT id, cancel_who FROM build WHERE lease_owner = ? AND ended = 0",
          row ->
              ours.put(BuildId.parse(row.text("id")), row.optionalText("cancel_who").isPresent()),
          owner);
      return ours;
    });
  }

  /** Gives a build back to its old place; the attempt does not count. */
  boolean giveBack(BuildId id, int attempt) {
    return store.write(session ->
        session.update(
                """
                UPDATE build SET state = 'queued', phase = NULL, attempt = attempt - 1,
                  lease_owner = NULL, lease_until = NULL
                WHERE id = ? AND lease_owner = ? AND attempt = ? AND ended = 0
                  AND cancel_who IS NULL
                """,
                id,
                owner,
                attempt)
            == 1);
  }

  /**
   * The one recovery rule: builds whose lease died are queued again at their old place, or, after
   * the last attempt, failed.
   *
   * @param all whether every lease of another owner is dead, as this process is the only one
   */
  List<Verdict> recover(boolean all) {
    return store.write(session -> {
      Instant now = clock.instant();
      var verdicts = new ArrayList<Verdict>();
      var dead =
          session.all(
              "SELECT id, attempt, cancel_who FROM build WHERE ended = 0 AND lease_owner IS NOT NULL AND "
                  + (all ? "lease_owner <> ?" : "lease_until < ?")
                  + session.forUpdateSkipLocked(),
              row ->
                  new Dead(
                      BuildId.parse(row.text("id")),
                      (int) row.number("attempt"),
                      row.optionalText("cancel_who").isPresent()),
              all ? owner : now);
      for (Dead build : dead) {
        if (build.cancelled()) {
          Finish.write(session, build.id(), Optional.empty(), Finish.End.cancelled(), now);
          verdicts.add(new Verdict(build.id(), Optional.empty(), -1));
        } else if (build.attempt() >= settings.attempts()) {
          BuildFailure failure = lost(build.attempt());
          Finish.write(session, build.id(), Optional.empty(), Finish.End.failed(failure), now);
          verdicts.add(new Verdict(build.id(), Optional.of(failure), build.attempt()));
        } else {
          session.update(
              """
              UPDATE build SET state = 'queued', phase = NULL, lease_owner = NULL,
                lease_until = NULL WHERE id = ?
              """,
              build.id());
          verdicts.add(new Verdict(build.id(), Optional.empty(), build.attempt()));
        }
      }
      return verdicts;
    });
  }

  private record Dead(BuildId id, int attempt, boolean cancelled) {}

  private BuildFailure lost(int attempt) {
    return failure(
        FailureKind.BUILDER_LOST,
        "builder-lost",
        "the builder died during each of " + attempt + " attempts",
        "build again; if it happens again, ask the operator for the server's log",
        attempt);
  }

  /**
   * Ends builds that waited too long for their first start (one that is taken up again has been
   * waited for already) or need a build that will never be ready.
   */
  List<Verdict> expire() {
    return store.write(session -> {
      Instant now = clock.instant();
      var verdicts = new ArrayList<Verdict>();
      for (BuildId id :
          session.all(
              """
              SELECT id FROM build WHERE state = 'queued' AND draft = 0 AND queue_until < ?
                AND started_at IS NULL
              """,
              row -> BuildId.parse(row.text("id")),
              now)) {
        expire(
            session,
            id,
            failure(
                FailureKind.TIMEOUT,
                "queue-timeout",
                "timeout: the build waited longer than it may before it started",
                "build again later or allow a longer wait",
                0),
            verdicts);
      }
      record Needing(BuildId id, List<BuildId> needs) {}
      for (Needing build :
          session.all(
              "SELECT id, needs FROM build WHERE state = 'queued' AND needs <> ''",
              row -> new Needing(BuildId.parse(row.text("id")), QueueRows.needs(row)))) {
        for (BuildId need : build.needs()) {
          boolean hopeless =
              !session.exists(
                  "SELECT 1 FROM build WHERE id = ? AND (ended = 0 OR state = 'ready')", need);
          if (hopeless) {
            expire(
                session,
                build.id(),
                failure(
                    FailureKind.NOT_SCHEDULABLE,
                    "need-failed",
                    "the build " + need + ", which must be ready first, is not and will not be",
                    "repair that build first",
                    0),
                verdicts);
            break;
          }
        }
      }
      return verdicts;
    });
  }

  private void expire(Session session, BuildId id, BuildFailure failure, List<Verdict> verdicts)
      throws SQLException {
    if (Finish.write(session, id, Optional.empty(), Finish.End.failed(failure), clock.instant())
        .isPresent()) {
      verdicts.add(new Verdict(id, Optional.of(failure), 0));
    }
  }

  private BuildFailure failure(
      FailureKind kind, String code, String sentence, String remedy, int attempt) {
    return new BuildFailure(
        code,
        kind,
        sentence,
        remedy,
        true,
        Phase.SOURCE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        attempt,
        settings.attempts(),
        Optional.empty());
  }
}
