package dev.cairn.service.assembly;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.BuildState;
import dev.cairn.build.Builder;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Context;
import dev.cairn.build.Inputs;
import dev.cairn.build.Limits;
import dev.cairn.build.Origin;
import dev.cairn.build.Outputs;
import dev.cairn.build.Publisher;
import dev.cairn.build.Recipe;
import dev.cairn.build.Schedule;
import dev.cairn.build.SealedBytes;
import dev.cairn.build.Source;
import dev.cairn.build.TenantId;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Reference;
import dev.cairn.service.Build;
import dev.cairn.service.Metrics;
import dev.cairn.service.Principal;
import dev.cairn.service.Right;
import dev.cairn.service.Submission;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.access.JwtTokens;
import dev.cairn.service.collection.Retention;
import dev.cairn.service.queue.QueueSettings;
import dev.cairn.service.store.PostgresStore;
import dev.cairn.service.store.SqliteStore;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A whole service with a builder that makes real, empty images; two tenants. */
final class ServiceFixture implements AutoCloseable {
  static final TenantId TENANT = new TenantId("acme");
  static final TenantId OTHER = new TenantId("other");
  static final QueueSettings QUEUE =
      new QueueSettings(
          2,
          Duration.ofSeconds(60),
          3,
          Duration.ofHours(24),
          Duration.ofMinutes(60),
          Duration.ofHours(6),
          Duration.ofMinutes(30));

  final Path directory;
  final Path memory;
  final LocalBlobStore blobs;
  final ShiftedClock clock = new ShiftedClock();

  /** Layers that a push was given before its image was there. */
  final List<Descriptor> offered = new CopyOnWriteArrayList<>();

  private final Optional<ServiceSettings.Postgres> database;
  private CairnService service;

  /** What a builder does before its image is there. */
  interface Work {
    void run(BuildJob job, BuildSink sink) throws InterruptedException;
  }

  ServiceFixture(Path directory, Database database, TenantLimits limits) throws IOException {
    this.directory = directory;
    this.database = database.fresh();
    memory = Files.createTempDirectory(Path.of("/dev/shm"), "cairn-test");
    blobs = new LocalBlobStore(directory.resolve("blobs"));
    service = open(settings(QUEUE));
    service.tenants().create(TENANT, limits);
    service.tenants().create(OTHER, limits);
  }

  ServiceSettings settings(QueueSettings queue) {
    return new ServiceSettings(
        directory.resolve("data"),
        memory,
        database,
        queue,
        TenantLimits.DEFAULT,
        ArchiveLimits.DEFAULT,
        Retention.DEFAULT,
        true);
  }

  private CairnService open(ServiceSettings settings) throws IOException {
    return new CairnService(
        settings,
        blobs,
        Optional.of(
            new JwtTokens(
                "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8),
                TENANT,
                clock)),
        clock,
        Metrics.NONE);
  }

  CairnService service() {
    return service;
  }

  /** Stops it, if it runs, and opens it again with these settings; it is not started. */
  void reopen(QueueSettings queue) throws IOException {
    reopen(settings(queue));
  }

  /** The same with other settings. */
  void reopen(ServiceSettings settings) throws IOException {
    service.close();
    service = open(settings);
  }

  void start(Work work) {
    start(work, job -> {});
  }

  /** What a publisher does; it is asked if the request has a destination. */
  interface Push {
    void run(Publisher.Order order) throws InterruptedException;
  }

  private Publisher.Transfer transfer(Publisher.Order order, Push push) {
    return new Publisher.Transfer() {
      @Override
      public void offer(Descriptor layer) {
        offered.add(layer);
      }

      @Override
      public void mayBeAt(Reference repository) {}

      @Override
      public void finish(Descriptor image) throws InterruptedException {
        push.run(order);
      }

      @Override
      public void close() {}
    };
  }

  void start(Work work, Push push) {
    service.start(builder(work), (order, listener) -> transfer(order, push));
  }

  /** A publisher for services whose builds go nowhere. */
  static final Publisher NO_PUSHES =
      (order, listener) -> {
        throw new IllegalStateException("nothing is pushed here");
      };

  /** Changes the database behind the service's back, as a process that died or another one. */
  void sql(String sql, Object... arguments) {
    try (Store store =
        database.isPresent()
            ? new PostgresStore(database.get().url(), database.get().user(), "", 1, Metrics.NONE)
            : new SqliteStore(directory.resolve("data/cairn.db"), false, Metrics.NONE)) {
      store.change(session -> session.update(sql, arguments));
    }
  }

  boolean isPostgres() {
    return database.isPresent();
  }

  /** A request that changes in one place. */
  BuildRequest request(BuildId id) {
    return new BuildRequest(
        TENANT,
        new Origin("cairn", Optional.empty(), "tok_1", "api", Optional.empty()),
        Map.of("team", "web"),
        Map.of(),
        new Recipe.Dockerfile(
            new Recipe.DockerfileText.Inline("FROM scratch\n"),
            Optional.empty(),
            Map.of(),
            List.of(),
            Map.of(),
            Recipe.RunOptions.DEFAULT,
            Map.of()),
        CacheOptions.of(CacheScope.of(TENANT, "default")),
        Inputs.NONE,
        Outputs.DEFAULT.withNames(List.of("builds/" + id)),
        Limits.DEFAULT,
        Schedule.DEFAULT);
  }

  Submission submission(UnaryOperator<BuildRequest> change) {
    return submission(change, Map.of(), Optional.empty());
  }

  Submission submission(
      UnaryOperator<BuildRequest> change,
      Map<String, byte[]> sealed,
      Optional<Submission.Idempotency> idempotency) {
    BuildId id = service.builds().newId();
    BuildRequest request = change.apply(request(id));
    return new Submission(
        new Principal(request.tenant(), "tok_1", Right.ordinary()),
        id,
        request,
        sealed,
        idempotency);
  }

  /** Accepts the usual build. */
  BuildId accept() {
    return accept(UnaryOperator.identity());
  }

  BuildId accept(UnaryOperator<BuildRequest> change) {
    return service.builds().accept(submission(change)).build().id();
  }

  static UnaryOperator<BuildRequest> of(TenantId tenant) {
    return r ->
        new BuildRequest(
            tenant,
            r.origin(),
            r.labels(),
            r.contexts(),
            r.recipe(),
            CacheOptions.of(CacheScope.of(tenant, "default")),
            r.inputs(),
            r.outputs(),
            r.limits(),
            r.schedule());
  }

  static UnaryOperator<BuildRequest> with(Schedule schedule) {
    return r ->
        new BuildRequest(
            r.tenant(),
            r.origin(),
            r.labels(),
            r.contexts(),
            r.recipe(),
            r.cache(),
            r.inputs(),
            r.outputs(),
            r.limits(),
            schedule);
  }

  static UnaryOperator<BuildRequest> with(Limits limits) {
    return r ->
        new BuildRequest(
            r.tenant(),
            r.origin(),
            r.labels(),
            r.contexts(),
            r.recipe(),
            r.cache(),
            r.inputs(),
            r.outputs(),
            limits,
            r.schedule());
  }

  static UnaryOperator<BuildRequest> with(Inputs inputs) {
    return r ->
        new BuildRequest(
            r.tenant(),
            r.origin(),
            r.labels(),
            r.contexts(),
            r.recipe(),
            r.cache(),
            inputs,
            r.outputs(),
            r.limits(),
            r.schedule());
  }

  static UnaryOperator<BuildRequest> labelled(String name, String value) {
    return r ->
        new BuildRequest(
            r.tenant(),
            r.origin(),
            Map.of(name, value),
            r.contexts(),
            r.recipe(),
            r.cache(),
            r.inputs(),
            r.outputs(),
            r.limits(),
            r.schedule());
  }

  /** A draft that builds this source. */
  static UnaryOperator<BuildRequest> draftOf(Source source) {
    var draft =
        new Schedule(
            0,
            Optional.empty(),
            true,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of());
    return r ->
        new BuildRequest(
            r.tenant(),
            r.origin(),
            r.labels(),
            Map.of("", Context.of(source)),
            r.recipe(),
            r.cache(),
            r.inputs(),
            r.outputs(),
            r.limits(),
            draft);
  }

  /** A build with a secret that is sent with it. */
  Submission secret(String id, String value) {
    var inputs =
        new Inputs(Map.of(id, new Inputs.SecretInput.Sent(new SealedBytes("h1"))), List.of());
    return submission(
        with(inputs), Map.of("h1", value.getBytes(StandardCharsets.UTF_8)), Optional.empty());
  }

  static Schedule schedule(
      Optional<String> serial, Optional<String> dedupe, Optional<String> supersede) {
    return new Schedule(0, Optional.empty(), false, serial, dedupe, supersede, List.of());
  }

  static Limits limits(Optional<Duration> queue, Optional<Duration> run) {
    Limits none = Limits.DEFAULT;
    return new Limits(
        queue,
        run,
        none.step(),
        none.push(),
        none.cpus(),
        none.memoryBytes(),
        none.diskBytes(),
        none.inodes(),
        none.processes(),
        none.network());
  }

  Build get(BuildId id) {
    return get(TENANT, id);
  }

  Build get(TenantId tenant, BuildId id) {
    return service.builds().get(tenant, id).orElseThrow();
  }

  Build await(BuildId id) throws InterruptedException {
    return await(TENANT, id);
  }

  /** Follows the log to its end. */
  Build await(TenantId tenant, BuildId id) throws InterruptedException {
    long from = 1;
    for (int i = 0; i < 60; i++) {
      var slice = service.events().follow(tenant, id, from, 1000, Duration.ofMillis(500));
      from = slice.next();
      if (slice.complete()) {
        return get(tenant, id);
      }
    }
    throw new AssertionError("the build did not end: " + get(tenant, id).state());
  }

  List<BuildEvent.Body> log(BuildId id) {
    return service.events().read(TENANT, id, 1, 10_000).events().stream()
        .map(BuildEvent::body)
        .toList();
  }

  /** The states that the log tells, in order. */
  List<BuildState> states(BuildId id) {
    return log(id).stream()
        .filter(BuildEvent.StateChanged.class::isInstance)
        .map(body -> ((BuildEvent.StateChanged) body).state())
        .toList();
  }

  private Builder builder(Work work) {
    return builder(blobs, () -> service, work);
  }

  /** A builder of a service with this blob store: an image of its own for each build. */
  static Builder builder(LocalBlobStore blobs, Supplier<CairnService> of, Work work) {
    return new Builder() {
      @Override
      public String name() {
        return "fake 1";
      }

      @Override
      public BuildResult build(BuildJob job, BuildSink sink) throws InterruptedException {
        work.run(job, sink);
        return image(job, blobs, of.get());
      }
    };
  }

  private static BuildResult image(BuildJob job, LocalBlobStore blobs, CairnService service) {
    try {
      byte[] config = ("{\"author\":\"" + job.id() + "\"}").getBytes(StandardCharsets.UTF_8);
      byte[] bytes = Manifest.oci(Descriptor.of(MediaType.OCI_CONFIG, config), List.of()).toBytes();
      var parts = Set.of(blobs.put(config).digest(), blobs.put(bytes).digest());
      service.leases().lease(job.id(), parts);
      var image = Descriptor.of(MediaType.OCI_MANIFEST, bytes);
      return new BuildResult(
          image,
          List.of(image),
          parts,
          List.of(),
          Optional.empty(),
          "fake 1",
          "none",
          new BuildResult.Usage(0, 0, 0, 0, Map.of()),
          Optional.empty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
    try (var files = Files.walk(memory)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(ServiceFixture::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
