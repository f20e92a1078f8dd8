package dev.cairn.service.queue;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildFailure;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildState;
import dev.cairn.build.Builder;
import dev.cairn.build.Credentials;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Phase;
import dev.cairn.build.Publisher;
import dev.cairn.build.TenantId;
import dev.cairn.service.Build;
import dev.cairn.service.BuildQuery;
import dev.cairn.service.Builds;
import dev.cairn.service.Metrics;
import dev.cairn.service.Page;
import dev.cairn.service.ServiceException;
import dev.cairn.service.Submission;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.image.Registration;
import dev.cairn.service.log.LogDirectory;
import dev.cairn.service.push.RegistryMemory;
import dev.cairn.service.secret.BuildSecrets;
import dev.cairn.service.secret.SentValues;
import dev.cairn.service.store.Store;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/** Builds in the database, and the runner that takes them from there. */
public final class BuildQueue implements Builds {
  private final Store store;
  private final AuditLog audit;
  private final LogDirectory logs;
  private final SentValues sent;
  private final DiskReserve disk;
  private final QueueSettings settings;
  private final Clock clock;
  private final Metrics metrics;
  private final Acceptance acceptance;
  private final BuildIntake intake;
  private final QueuePlaces places;
  private final SecureRandom random = new SecureRandom();
  private Optional<BuildRunner> runner = Optional.empty();
  private volatile boolean accepting = true;

  /**
   * What brings images to other registries.
   *
   * @param credentials the logins of builds
   * @param memory what pushes know of registries
   */
  public record Publishing(Publisher publisher, Credentials credentials, RegistryMemory memory) {}

  /** A queue on this store; builds wait until {@link #start}. */
  public BuildQueue(
      Store store,
      AuditLog audit,
      LogDirectory logs,
      SentValues sent,
      DiskReserve disk,
      QueueSettings settings,
      Clock clock,
      Metrics metrics) {
    this.store = store;
    this.audit = audit;
    this.logs = logs;
    this.sent = sent;
    this.disk = disk;
    this.settings = settings;
    this.clock = clock;
    this.metrics = metrics;
    this.acceptance = new Acceptance(settings);
    this.intake = new BuildIntake(audit, logs, sent, disk, acceptance, clock, metrics);
    this.places = new QueuePlaces(store, disk, settings, clock);
  }

  /** Takes up what a dead process left and begins to run builds. */
  public synchronized void start(
      Builder builder, Publishing publishing, BuildSecrets secrets, Registration registration) {
    var started =
        new BuildRunner(
            new BuildRunner.Places(store, logs, sent, disk, clock, metrics),
            settings,
            new RunningBuild.Workers(builder, publishing, secrets, registration),
            UUID.randomUUID().toString());
    started.start();
    runner = Optional.of(started);
  }

  private synchronized Optional<BuildRunner> runner() {
    return runner;
  }

  @Override
  public BuildId newId() {
    return BuildId.next(clock.instant(), random);
  }

  @Override
  public Accepted accept(Submission submission) {
    try {
      if (!accepting) {
        throw ServiceException.of(
            ServiceException.Kind.UNAVAILABLE,
            "shutting-down",
            "the server is shutting down",
            "send the request again in a moment");
      }
      BuildIntake.Taken taken = intake.take(submission);
      TenantId tenant = submission.request().tenant();
      if (taken.created()) {
        taken.superseded().forEach(old -> supersede(tenant, old, taken.id()));
        places.forget();
      }
      Build build = get(tenant, taken.id()).orElseThrow();
      runner().ifPresent(BuildRunner::wake);
      return new Accepted(build, taken.created());
    } finally {
      submission.sealed().values().forEach(value -> Arrays.fill(value, (byte) 0));
    }
  }

  private void supersede(TenantId tenant, BuildId old, BuildId by) {
    var failure =
        new BuildFailure(
            "superseded",
            FailureKind.SUPERSEDED,
            "the newer build " + by + " took its place",
            "",
            false,
            Phase.SOURCE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0,
            settings.attempts(),
            Optional.empty());
    boolean waiting =
        store.write(session ->
            session.exists(
                    "SELECT 1 FROM build WHERE id = ? AND state = 'queued'" + session.forUpdate(),
                    old)
                && Finish.write(
                        session, old, Optional.empty(), Finish.End.failed(failure), clock.instant())
                    .isPresent());
    if (waiting) {
      ended(old, BuildState.FAILED, Optional.of(failure));
    } else {
      cancel(tenant, old, "cairn", failure.sentence());
    }
  }

  private void ended(BuildId id, BuildState state, Optional<BuildFailure> failure) {
    sent.erase(id);
    places.forget();
    try (var events = logs.open(id)) {
      events.appendNow(new BuildEvent.StateChanged(state, failure));
    }
  }

  @Override
  public Optional<Build> get(TenantId tenant, BuildId id) {
    return store.read(session -> BuildRows.find(session, tenant, id)).map(places::place);
  }

  @Override
  public Page<Build> list(TenantId tenant, BuildQuery query) {
    query.after().ifPresent(BuildQueue::checkPage);
    var found = new ArrayList<>(store.read(session -> BuildRows.list(session, tenant, query)));
    Optional<String> next = Optional.empty();
    if (found.size() > query.most()) {
      found.removeLast();
      next = Optional.of(found.getLast().id().toString());
    }
    found.replaceAll(places::place);
    return new Page<>(found, next);
  }

  private static void checkPage(String after) {
    if (!after.matches("[0-9a-f]{32}")) {
      throw ServiceException.invalid(
          "page-invalid", "after: is not of an earlier page", "take it from the answer before");
    }
  }

  @Override
  public Cancellation cancel(TenantId tenant, BuildId id, String who, String why) {
    Cancellation done =
        audit.write(
            Deed.of(Action.BUILD_CANCELLED, tenant, id).by(who),
            session -> {
              record Now(BuildState state, boolean asked) {}
              var now =
                  session.one(
                      "SELECT state, cancel_who FROM build WHERE tenant = ? AND id = ?"
                          + session.forUpdate(),
                      row ->
                          new Now(BuildRows.state(row), row.optionalText("cancel_who").isPresent()),
                      tenant,
                      id);
              if (now.isEmpty()) {
                return Cancellation.UNKNOWN;
              }
              if (now.get().state().isFinal()) {
                return Cancellation.ENDED;
              }
              if (!now.get().asked()) {
                session.update(
                    "UPDATE build SET cancel_who = ?, cancel_at = ?, cancel_why = ? WHERE id = ?",
                    who,
                    clock.instant(),
                    why,
                    id);
              }
              if (now.get().state() != BuildState.QUEUED) {
                return Cancellation.STOPPING;
              }
              Finish.write(session, id, Optional.empty(), Finish.End.cancelled(), clock.instant());
              return Cancellation.CANCELLED;
            },
            found ->
                found == Cancellation.CANCELLED || found == Cancellation.STOPPING
                    ? "done"
                    : "nothing");
    if (done == Cancellation.CANCELLED) {
      ended(id, BuildState.CANCELLED, Optional.empty());
    } else if (done == Cancellation.STOPPING) {
      runner().ifPresent(found -> found.cancel(id));
    }
    return done;
  }

  @Override
  public boolean release(TenantId tenant, BuildId id) {
    boolean released =
        audit.change(
            Deed.of(Action.BUILD_RELEASED, tenant, id),
            session -> {
              Optional<Build> draft = BuildRows.find(session, tenant, id);
              return draft.isPresent()
                  && session.update(
                          """
                          UPDATE build SET draft = 0, queue_until = ?
                          WHERE tenant = ? AND id = ? AND draft = 1 AND state = 'queued'
                          """,
                          acceptance.queueUntil(draft.get().request(), clock.instant()),
                          tenant,
                          id)
                      == 1;
            });
    places.forget();
    runner().ifPresent(BuildRunner::wake);
    return released;
  }

  @Override
  public QueueInfo queue() {
    long waiting =
        store.read(session ->
            session.count("SELECT count(*) AS n FROM build WHERE state = 'queued' AND ended = 0"));
    int running = runner().map(BuildRunner::runningHere).orElse(0);
    metrics.record(Metrics.Measure.QUEUE_LENGTH, (double) waiting);
    metrics.record(Metrics.Measure.BUILDS_RUNNING, running);
    return new QueueInfo((int) waiting, running, settings.slots(), accepting);
  }

  @Override
  public Optional<BuildId> byAlias(TenantId tenant, String dialect, String alias) {
    return store.read(session ->
        session.one(
            "SELECT build FROM build_alias WHERE tenant = ? AND dialect = ? AND alias = ?",
            row -> BuildId.parse(row.text("build")),
            tenant,
            dialect,
            alias));
  }

  @Override
  public void alias(TenantId tenant, String dialect, String alias, BuildId id) {
    int added =
        store.write(session -> {
          if (BuildRows.find(session, tenant, id).isEmpty()) {
            throw ServiceException.notFound("build");
          }
          return session.update(
              "INSERT INTO build_alias (tenant, dialect, alias, build) VALUES (?, ?, ?, ?) ON"
                  + " CONFLICT DO NOTHING",
              tenant,
              dialect,
              alias,
              id);
        });
    if (added == 0 && !byAlias(tenant, dialect, alias).equals(Optional.of(id))) {
      throw ServiceException.of(
          ServiceException.Kind.CONFLICT,
          "alias-taken",
          "another build has this name",
          "choose another name");
    }
  }

  /** Takes no more, waits so long for what runs, and queues the rest again. */
  public void drain(Duration patience) throws InterruptedException {
    accepting = false;
    Optional<BuildRunner> stopping = runner();
    if (stopping.isPresent()) {
      stopping.get().drain(patience);
    }
  }
}
