package dev.cairn.service.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildState;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Limits;
import dev.cairn.build.Outputs;
import dev.cairn.build.Phase;
import dev.cairn.build.Schedule;
import dev.cairn.build.WaitReason;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.service.Build;
import dev.cairn.service.BuildQuery;
import dev.cairn.service.Builds;
import dev.cairn.service.ServiceException;
import dev.cairn.service.Submission;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.queue.BuildLimits;
import dev.cairn.service.queue.QueueSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a build, on any database. */
abstract class BuildContract {
  private static final int QUOTA = 30;

  @TempDir Path directory;
  private ServiceFixture service;

  abstract Database database();

  @BeforeEach
  void open() throws IOException {
    service =
        new ServiceFixture(directory, database(), new TenantLimits(QUOTA, 2, 1, 4, 1 << 20, 10));
  }

  @AfterEach
  void close() throws IOException {
    service.close();
  }

  private Builds builds() {
    return service.service().builds();
  }

  /** A build that runs until somebody stops it. */
  private CountDownLatch startSleeping(int builds) {
    var begun = new CountDownLatch(builds);
    service.start((job, sink) -> {
      sink.phase(Phase.STEPS);
      begun.countDown();
      Thread.sleep(60_000);
    });
    return begun;
  }

  @Test
  void bringsABuildToReadyAndItsNameToTheImage() throws InterruptedException {
    service.start((job, sink) ->
        sink.material(new BuildResult.Material("url", "https://a.invalid/", "sha256:0")));
    BuildId id = service.accept();
    Build build = service.await(id);
    assertThat(build.failure()).isEmpty();
    assertThat(build.state()).isEqualTo(BuildState.READY);
    assertThat(build.attempt()).isEqualTo(1);
    assertThat(build.phase()).isEmpty();
    assertThat(build.duration()).isPresent();
    assertThat(build.result().orElseThrow().materials())
        .extracting(BuildResult.Material::name)
        .containsExactly("https://a.invalid/");
    assertThat(
            service
                .service()
                .images()
                .resolve(ServiceFixture.TENANT, new RepositoryName("builds/" + id), Tag.LATEST))
        .hasValueSatisfying(image ->
            assertThat(image.digest()).isEqualTo(build.result().orElseThrow().image().digest()));
    assertThat(service.states(id))
        .containsExactly(
            BuildState.QUEUED,
            BuildState.PREPARING,
            BuildState.BUILDING,
            BuildState.PUBLISHING,
            BuildState.READY);
    assertThat(builds().get(ServiceFixture.OTHER, id)).isEmpty();
    assertThat(builds().cancel(ServiceFixture.OTHER, id, "tok_2", ""))
        .isEqualTo(Builds.Cancellation.UNKNOWN);
    assertThatThrownBy(() -> service.service().events().read(ServiceFixture.OTHER, id, 1, 10))
        .isInstanceOf(ServiceException.class);
  }

  @Test
  void listsItsBuildsByStateAndLabelInPages() throws InterruptedException {
    var ids = new java.util.ArrayList<BuildId>();
    for (int i = 0; i < 5; i++) {
      ids.addFirst(service.accept());
    }
    service.accept(ServiceFixture.of(ServiceFixture.OTHER));
    var query = BuildQuery.NEWEST.withLabels(Map.of("team", "web"));
    var first = builds().list(ServiceFixture.TENANT, query.page(Optional.empty(), 3));
    var second = builds().list(ServiceFixture.TENANT, query.page(first.next(), 3));
    assertThat(first.items()).extracting(Build::id).isEqualTo(ids.subList(0, 3));
    assertThat(second.items()).extracting(Build::id).isEqualTo(ids.subList(3, 5));
    assertThat(second.next()).isEmpty();
    assertThat(
            builds()
                .list(ServiceFixture.TENANT, BuildQuery.NEWEST.withStates(Set.of(BuildState.READY)))
                .items())
        .isEmpty();
    assertThat(
            builds()
                .list(ServiceFixture.TENANT, BuildQuery.NEWEST.withLabels(Map.of("team", "x")))
                .items())
        .isEmpty();
  }

  @Test
  void tellsPlacesAndReasonsOfWhatWaits() {
    BuildId first = service.accept();
    BuildId other = service.accept(ServiceFixture.of(ServiceFixture.OTHER));
    BuildId second = service.accept();
    BuildId draft =
        service.accept(
            ServiceFixture.with(
                new Schedule(
                    0,
                    Optional.empty(),
                    true,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of())));
    assertThat(waiting(first).position()).isEqualTo(1);
    assertThat(service.get(ServiceFixture.OTHER, other).waiting().orElseThrow().position())
        .isEqualTo(2);
    assertThat(waiting(second))
        .isEqualTo(new Build.Waiting(WaitReason.CAPACITY, 3, Optional.empty()));
    assertThat(waiting(draft).reason()).isEqualTo(WaitReason.DRAFT);
    assertThat(builds().release(ServiceFixture.OTHER, draft)).isFalse();
    assertThat(builds().release(ServiceFixture.TENANT, draft)).isTrue();
    assertThat(waiting(draft).reason()).isEqualTo(WaitReason.TENANT_LIMIT);
  }

  private Build.Waiting waiting(BuildId id) {
    return service.get(id).waiting().orElseThrow();
  }

  @Test
  void cancelsWhatWaitsAtOnce() {
    BuildId id = service.accept();
    assertThat(builds().cancel(ServiceFixture.TENANT, id, "tok_1", "why"))
        .isEqualTo(Builds.Cancellation.CANCELLED);
    assertThat(builds().cancel(ServiceFixture.TENANT, id, "tok_1", ""))
        .isEqualTo(Builds.Cancellation.ENDED);
    assertThat(service.get(id).cancelRequested())
        .hasValueSatisfying(who -> assertThat(who.why()).isEqualTo("why"));
    assertThat(service.states(id)).containsExactly(BuildState.QUEUED, BuildState.CANCELLED);
  }

  @Test
  void cancelsInEveryRunningState() throws InterruptedException {
    var at = new ConcurrentHashMap<BuildId, CountDownLatch>();
    var last = new AtomicReference<>(new CountDownLatch(1));
    service.start(
        (job, sink) -> {
          switch (job.request().labels().getOrDefault("at", "")) {
            case "preparing" -> sleep(at.getOrDefault(job.id(), new CountDownLatch(1)));
            case "building" -> {
              sink.phase(Phase.STEPS);
              sleep(at.getOrDefault(job.id(), new CountDownLatch(1)));
            }
            default -> {}
          }
        },
        order -> sleep(last.get()));
    for (BuildState state :
        List.of(BuildState.PREPARING, BuildState.BUILDING, BuildState.PUBLISHING)) {
      Submission submission = service.submission(stoppingAt(state));
      var reached = new CountDownLatch(1);
      at.put(submission.id(), reached);
      last.set(reached);
      builds().accept(submission);
      reached.await();
      assertThat(service.get(submission.id()).state()).isEqualTo(state);
      assertThat(builds().cancel(ServiceFixture.TENANT, submission.id(), "tok_1", ""))
          .isEqualTo(Builds.Cancellation.STOPPING);
      Build ended = service.await(submission.id());
      assertThat(ended.state()).isEqualTo(BuildState.CANCELLED);
      assertThat(ended.failure()).isEmpty();
      assertThat(ended.result()).isEmpty();
    }
  }

  private static void sleep(CountDownLatch reached) throws InterruptedException {
    reached.countDown();
    Thread.sleep(60_000);
  }

  private static UnaryOperator<dev.cairn.build.BuildRequest> stoppingAt(BuildState state) {
    var destination = new Outputs.Destination(Reference.parse("registry.invalid/a:b"), false);
    return r ->
        new dev.cairn.build.BuildRequest(
            r.tenant(),
            r.origin(),
            Map.of("at", state.name().toLowerCase(java.util.Locale.ROOT)),
            r.contexts(),
            r.recipe(),
            r.cache(),
            r.inputs(),
            new Outputs(
                state == BuildState.PUBLISHING ? List.of(destination) : List.of(),
                r.outputs().names(),
                r.outputs().compression(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Map.of(),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty()),
            r.limits(),
            r.schedule());
  }

  @Test
  void endsOnceWhenCancellingRacesWithTheEnd() throws InterruptedException {
    service.start((job, sink) -> {});
    for (int i = 0; i < 15; i++) {
      BuildId id = service.accept();
      Thread.sleep(ThreadLocalRandom.current().nextInt(30));
      var said = builds().cancel(ServiceFixture.TENANT, id, "tok_1", "");
      Build end = service.await(id);
      assertThat(end.state())
          .isEqualTo(said == Builds.Cancellation.ENDED ? BuildState.READY : BuildState.CANCELLED);
      assertThat(end.result().isPresent()).isEqualTo(end.state() == BuildState.READY);
      assertThat(service.states(id).stream().filter(BuildState::isFinal))
          .containsExactly(end.state());
    }
  }

  @Test
  void neverExceedsTheQuotaOfRacingSubmitters() throws InterruptedException {
    var refused = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 64; i++) {
        threads.execute(() -> {
          try {
            service.accept();
          } catch (ServiceException e) {
            assertThat(e.kind()).isEqualTo(ServiceException.Kind.QUOTA);
            refused.incrementAndGet();
          }
        });
      }
    }
    assertThat(refused).hasValue(64 - QUOTA);
    assertThat(builds().queue().waiting()).isEqualTo(QUOTA);
  }

  @Test
  void takesTheSameIdempotencyKeyOnceHoweverManySendIt() throws InterruptedException {
    var key = Optional.of(new Submission.Idempotency("k", "f", Duration.ofHours(1), true));
    var ids = ConcurrentHashMap.<BuildId>newKeySet();
    var created = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        threads.execute(() -> {
          var accepted =
              builds().accept(service.submission(UnaryOperator.identity(), Map.of(), key));
          ids.add(accepted.build().id());
          created.addAndGet(accepted.created() ? 1 : 0);
        });
      }
    }
    assertThat(ids).hasSize(1);
    assertThat(created).hasValue(1);
    var other = Optional.of(new Submission.Idempotency("k", "g", Duration.ofHours(1), true));
    var different = service.submission(UnaryOperator.identity(), Map.of(), other);
    assertThatThrownBy(() -> builds().accept(different))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("idempotency-key-reused"));
    service.clock.advance(Duration.ofHours(2));
    var later = service.submission(UnaryOperator.identity(), Map.of(), other);
    assertThat(builds().accept(later).created()).isTrue();
  }

  @Test
  void findsABuildOfTheSameDedupeKeyUntilItEnds() {
    var schedule = ServiceFixture.schedule(Optional.empty(), Optional.of("d"), Optional.empty());
    BuildId first = service.accept(ServiceFixture.with(schedule));
    assertThat(service.accept(ServiceFixture.with(schedule))).isEqualTo(first);
    builds().cancel(ServiceFixture.TENANT, first, "tok_1", "");
    assertThat(service.accept(ServiceFixture.with(schedule))).isNotEqualTo(first);
  }

  @Test
  void letsANewerBuildTakeThePlaceOfOlderOnes() throws InterruptedException {
    var schedule = ServiceFixture.schedule(Optional.empty(), Optional.empty(), Optional.of("s"));
    BuildId waited = service.accept(ServiceFixture.with(schedule));
    BuildId ran = service.accept(ServiceFixture.with(schedule));
    assertThat(service.get(waited).failure().orElseThrow().kind())
        .isEqualTo(FailureKind.SUPERSEDED);
    CountDownLatch begun = startSleeping(1);
    begun.await();
    service.accept(ServiceFixture.with(schedule));
    Build stopped = service.await(ran);
    assertThat(stopped.state()).isEqualTo(BuildState.CANCELLED);
    assertThat(stopped.cancelRequested().orElseThrow().who()).isEqualTo("cairn");
  }

  @Test
  void runsBuildsOfOneSerialKeyOneAfterAnother() throws InterruptedException {
    var together = new AtomicInteger();
    var most = new AtomicInteger();
    service.start((job, sink) -> {
      most.accumulateAndGet(together.incrementAndGet(), Math::max);
      Thread.sleep(30);
      together.decrementAndGet();
    });
    var schedule = ServiceFixture.schedule(Optional.of("q"), Optional.empty(), Optional.empty());
    for (BuildId id :
        List.of(
            service.accept(ServiceFixture.with(schedule)),
            service.accept(ServiceFixture.with(schedule)),
            service.accept(ServiceFixture.with(schedule)))) {
      assertThat(service.await(id).state()).isEqualTo(BuildState.READY);
    }
    assertThat(most).hasValue(1);
  }

  @Test
  void stopsABuildAtItsRunLimit() throws InterruptedException {
    startSleeping(1);
    BuildId id =
        service.accept(
            ServiceFixture.with(
                ServiceFixture.limits(Optional.empty(), Optional.of(Duration.ofMillis(200)))));
    Build build = service.await(id);
    assertThat(build.state()).isEqualTo(BuildState.FAILED);
    assertThat(build.failure().orElseThrow().code()).isEqualTo("run-timeout");
    assertThat(build.failure().orElseThrow().kind()).isEqualTo(FailureKind.TIMEOUT);
  }

  @Test
  void tellsWhatABuildHadTakenWhenItFailed() throws InterruptedException {
    var taken = new BuildResult.Usage(1, 2, 3, 4, Map.of("peakInodes", 5L));
    service.start((job, sink) -> {
      sink.taken(taken);
      throw BuildException.of(FailureKind.STEP, "run-exit").sentence("it failed");
    });
    Build build = service.await(service.accept());
    assertThat(build.failure().orElseThrow().usage()).contains(taken);
  }

  @Test
  void stopsAPushAtItsLimitAndNotBefore() throws InterruptedException {
    service.start((job, sink) -> {}, job -> Thread.sleep(60_000));
    BuildId id =
        service.accept(request ->
            ServiceFixture.with(
                    new Limits(
                        Optional.empty(),
                        Optional.of(Duration.ofMillis(100)),
                        Optional.empty(),
                        Optional.of(Duration.ofMillis(300)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
                .apply(stoppingAt(BuildState.PUBLISHING).apply(request)));
    Build build = service.await(id);
    assertThat(build.state()).isEqualTo(BuildState.FAILED);
    assertThat(build.failure().orElseThrow().code()).isEqualTo("push-timeout");
    assertThat(build.failure().orElseThrow().phase()).isEqualTo(Phase.PUBLISH);
    assertThat(build.failure().orElseThrow().sentence()).contains("push");
  }

  @Test
  void fillsInTheUsualLimitsAndRefusesWhatIsAboveTheMost() throws Exception {
    Limits usual = limits(500, 1L << 30, 2L << 30, 1000L, 100);
    Limits most = limits(2000, 4L << 30, 8L << 30, 5000L, 200);
    QueueSettings queue = ServiceFixture.QUEUE;
    service.reopen(
        new QueueSettings(
            queue.slots(),
            queue.lease(),
            queue.attempts(),
            queue.queue(),
            queue.run(),
            queue.longestRun(),
            queue.push(),
            new BuildLimits(usual, most)));
    var got = new ConcurrentHashMap<BuildId, Limits>();
    service.start((job, sink) -> got.put(job.id(), job.limits()));
    BuildId silent = service.accept();
    BuildId asking = service.accept(ServiceFixture.with(most));
    service.await(silent);
    service.await(asking);
    assertThat(got.get(silent))
        .usingRecursiveComparison()
        .ignoringFields("queue", "run", "step", "push", "network")
        .isEqualTo(usual);
    assertThat(got.get(asking)).returns(Optional.of(4L << 30), Limits::memoryBytes);

    refuses(limits(2001, 1L << 30, 2L << 30, 1000L, 100), "limits.cpus: at most 2 ");
    refuses(limits(500, 5L << 30, 2L << 30, 1000L, 100), "limits.memoryBytes: at most 4294967296 ");
    refuses(limits(500, 1L << 30, 9L << 30, 1000L, 100), "limits.diskBytes: at most 8589934592 ");
    refuses(limits(500, 1L << 30, 2L << 30, 6000L, 100), "limits.inodes: at most 5000 ");
    refuses(limits(500, 1L << 30, 2L << 30, 1000L, 201), "limits.processes: at most 200 ");
    refuses(limits(500, 1000, 2L << 30, 1000L, 100), "limits.memoryBytes: at least 16777216,");
    refuses(
        ServiceFixture.limits(Optional.empty(), Optional.of(Duration.ofHours(7))),
        "limits.runSeconds: ");
  }

  private void refuses(Limits limits, String sentence) {
    assertThatThrownBy(() -> service.accept(ServiceFixture.with(limits)))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.kind()).isEqualTo(ServiceException.Kind.INVALID))
        .hasMessageStartingWith(sentence);
  }

  private static Limits limits(int cpus, long memory, long disk, long inodes, int processes) {
    return new Limits(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(cpus),
        Optional.of(memory),
        Optional.of(disk),
        Optional.of(inodes),
        Optional.of(processes),
        Optional.empty());
  }

  @Test
  void endsWhatWaitedTooLongOrWaitsForWhatFailed() throws InterruptedException {
    var begun = startSleeping(2);
    service.accept();
    BuildId failing =
        service.accept(
            ServiceFixture.with(
                ServiceFixture.limits(Optional.empty(), Optional.of(Duration.ofMillis(300)))));
    begun.await();
    BuildId late =
        service.accept(
            ServiceFixture.with(
                ServiceFixture.limits(Optional.of(Duration.ofMillis(100)), Optional.empty())));
    BuildId needing =
        service.accept(
            ServiceFixture.with(
                new Schedule(
                    0,
                    Optional.empty(),
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(failing))));
    assertThat(service.await(late).failure().orElseThrow().code()).isEqualTo("queue-timeout");
    assertThat(service.await(needing).failure().orElseThrow().code()).isEqualTo("need-failed");
  }

  @Test
  void queuesAgainWhatRanWhenTheServerWentDown() throws Exception {
    var begun = startSleeping(1);
    BuildId id = service.accept();
    begun.await();
    service.reopen(ServiceFixture.QUEUE);
    Build again = service.get(id);
    assertThat(again.state()).isEqualTo(BuildState.QUEUED);
    assertThat(again.attempt()).isZero();
    // It has had its start, so its place does not expire.
    service.clock.advance(Duration.ofHours(25));
    service.start((job, sink) -> {});
    assertThat(service.await(id).state()).isEqualTo(BuildState.READY);
  }

  @Test
  void takesUpDeadBuildsAndGivesUpAfterThreeAttempts() throws InterruptedException {
    BuildId again = service.accept();
    BuildId lost = service.accept();
    BuildId cancelled = service.accept();
    String die =
        "UPDATE build SET state = 'building', phase = 'steps', lease_owner = 'dead',"
            + " lease_until = 0, attempt = ? WHERE id = ?";
    service.sql(die, 2, again);
    service.sql(die, 3, lost);
    service.sql(die, 1, cancelled);
    assertThat(builds().cancel(ServiceFixture.TENANT, cancelled, "tok_1", ""))
        .isEqualTo(Builds.Cancellation.STOPPING);
    service.start((job, sink) -> {});
    Build ready = service.await(again);
    assertThat(ready.state()).isEqualTo(BuildState.READY);
    assertThat(ready.attempt()).isEqualTo(3);
    assertThat(service.log(again)).anyMatch(BuildEvent.Retry.class::isInstance);
    Build failed = service.await(lost);
    assertThat(failed.failure().orElseThrow().kind()).isEqualTo(FailureKind.BUILDER_LOST);
    assertThat(service.await(cancelled).state()).isEqualTo(BuildState.CANCELLED);
  }

  @Test
  void stopsARunnerThatLostItsLeaseAndBuildsAgain() throws Exception {
    QueueSettings usual = ServiceFixture.QUEUE;
    var quick =
        new QueueSettings(
            2,
            Duration.ofSeconds(1),
            3,
            usual.queue(),
            usual.run(),
            usual.longestRun(),
            usual.push());
    service.reopen(quick);
    var begun = new CountDownLatch(1);
    var stopped = new CountDownLatch(1);
    service.start((job, sink) -> {
      if (job.attempt() == 1) {
        begun.countDown();
        try {
          Thread.sleep(60_000);
        } catch (InterruptedException e) {
          stopped.countDown();
          throw e;
        }
      }
    });
    BuildId id = service.accept();
    begun.await();
    service.sql("UPDATE build SET lease_owner = 'thief', lease_until = 0 WHERE id = ?", id);
    stopped.await();
    if (!service.isPostgres()) {
      // Alone on its file, a server looks for the dead at its start.
      service.reopen(quick);
      service.start((job, sink) -> {});
    }
    Build build = service.await(id);
    assertThat(build.state()).isEqualTo(BuildState.READY);
    assertThat(build.attempt()).isEqualTo(2);
  }

  @Test
  void knowsABuildByItsAliases() {
    BuildId id = service.accept();
    builds().alias(ServiceFixture.TENANT, "x", "42", id);
    builds().alias(ServiceFixture.TENANT, "x", "42", id);
    assertThat(builds().byAlias(ServiceFixture.TENANT, "x", "42")).contains(id);
    assertThat(builds().byAlias(ServiceFixture.OTHER, "x", "42")).isEmpty();
    BuildId second = service.accept();
    assertThatThrownBy(() -> builds().alias(ServiceFixture.TENANT, "x", "42", second))
        .isInstanceOf(ServiceException.class);
  }
}
