package dev.cairn.service.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.cairn.build.Inputs;
import dev.cairn.build.Limits;
import dev.cairn.build.Origin;
import dev.cairn.build.Outputs;
import dev.cairn.build.Recipe;
import dev.cairn.build.Schedule;
import dev.cairn.build.SealedBytes;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.service.Build;
import dev.cairn.service.Builds;
import dev.cairn.service.Metrics;
import dev.cairn.service.Principal;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.Submission;
import dev.cairn.service.TenantLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CairnServiceTest {
  private static final TenantId TENANT = new TenantId("acme");
  private static final String CANARY = "k4narienvogel-9x7";

  @TempDir Path directory;
  private Path memory;
  private BlobStore blobs;
  private CairnService service;

  @BeforeEach
  void open() throws IOException {
    memory = Files.createTempDirectory(Path.of("/dev/shm"), "cairn-test");
    blobs = new LocalBlobStore(directory.resolve("blobs"));
    service = reopen();
    service.tenants().create(TENANT, new TenantLimits(5, 2, 1, 4, 1 << 20, 10));
  }

  private CairnService reopen() throws IOException {
    return new CairnService(
        ServiceSettings.of(directory.resolve("data"), memory),
        blobs,
        Optional.empty(),
        Clock.systemUTC(),
        Metrics.NONE);
  }

  @AfterEach
  void close() throws IOException {
    service.close();
    try (var files = Files.walk(memory)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(CairnServiceTest::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Submission submission(Inputs inputs, Map<String, byte[]> sealed) {
    var id = service.builds().newId();
    var request =
        new BuildRequest(
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
            inputs,
            Outputs.DEFAULT.withNames(List.of("builds/" + id)),
            Limits.DEFAULT,
            Schedule.DEFAULT);
    return new Submission(
        new Principal(TENANT, "tok_1", Right.ordinary()), id, request, sealed, Optional.empty());
  }

  private Submission submission() {
    return submission(Inputs.NONE, Map.of());
  }

  /** Writes a real, empty image. */
  private Builder builder(Work work) {
    return new Builder() {
      @Override
      public String name() {
        return "fake 1";
      }

      @Override
      public BuildResult build(BuildJob job, BuildSink sink) throws InterruptedException {
        work.run(job, sink);
        try {
          byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
          var layers = List.<Descriptor>of();
          byte[] bytes =
              Manifest.oci(Descriptor.of(MediaType.OCI_CONFIG, config), layers).toBytes();
          blobs.put(config);
          blobs.put(bytes);
          var image = Descriptor.of(MediaType.OCI_MANIFEST, bytes);
          return new BuildResult(
              image,
              List.of(image),
              Set.of(image.digest(), Descriptor.of(MediaType.OCI_CONFIG, config).digest()),
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
    };
  }

  private interface Work {
    void run(BuildJob job, BuildSink sink) throws InterruptedException;
  }

  private Build await(BuildId id) throws InterruptedException {
    long from = 1;
    for (int i = 0; i < 200; i++) {
      var slice = service.events().follow(TENANT, id, from, 100, Duration.ofSeconds(1));
      from = slice.next();
      if (slice.complete()) {
        return service.builds().get(TENANT, id).orElseThrow();
      }
    }
    throw new AssertionError("the build did not end");
  }

  private void start(Work work) {
    service.start(builder(work), (job, result, to, sink) -> {});
  }

  @Test
  void bringsABuildToReadyAndItsNameToTheImage() throws InterruptedException {
    start((job, sink) -> {});
    Builds.Accepted accepted = service.builds().accept(submission());
    assertThat(accepted.created()).isTrue();
    Build build = await(accepted.build().id());
    assertThat(build.failure()).isEmpty();
    assertThat(build.state()).isEqualTo(BuildState.READY);
    assertThat(
            service
                .images()
                .resolve(TENANT, new RepositoryName("builds/" + build.id()), Tag.LATEST))
        .hasValueSatisfying(image ->
            assertThat(image.digest()).isEqualTo(build.result().orElseThrow().image().digest()));
    var states =
        service.events().read(TENANT, build.id(), 1, 100).events().stream()
            .map(BuildEvent::body)
            .map(body -> ((BuildEvent.StateChanged) body).state())
            .toList();
    assertThat(states)
        .containsExactly(
            BuildState.QUEUED,
            BuildState.PREPARING,
            BuildState.BUILDING,
            BuildState.PUBLISHING,
            BuildState.READY);
    assertThat(service.builds().get(new TenantId("other"), build.id())).isEmpty();
  }

  @Test
  void cancelsWaitingAndRunningBuilds() throws InterruptedException {
    BuildId waiting = service.builds().accept(submission()).build().id();
    assertThat(service.builds().cancel(TENANT, waiting, "tok_1", ""))
        .isEqualTo(Builds.Cancellation.CANCELLED);
    assertThat(service.builds().cancel(TENANT, waiting, "tok_1", ""))
        .isEqualTo(Builds.Cancellation.ENDED);
    var begun = new CountDownLatch(1);
    start((job, sink) -> {
      begun.countDown();
      Thread.sleep(60_000);
    });
    BuildId running = service.builds().accept(submission()).build().id();
    begun.await();
    assertThat(service.builds().cancel(TENANT, running, "tok_1", ""))
        .isEqualTo(Builds.Cancellation.STOPPING);
    assertThat(await(running).state()).isEqualTo(BuildState.CANCELLED);
  }

  @Test
  void neverExceedsTheQuotaOfRacingSubmitters() throws InterruptedException {
    var refused = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 40; i++) {
        threads.execute(() -> {
          try {
            service.builds().accept(submission());
          } catch (ServiceException e) {
            refused.incrementAndGet();
          }
        });
      }
    }
    assertThat(refused).hasValue(35);
    assertThat(service.builds().queue().waiting()).isEqualTo(5);
  }

  @Test
  void queuesAgainWhatWasRunningWhenTheServerWentDown() throws Exception {
    var begun = new CountDownLatch(1);
    start((job, sink) -> {
      begun.countDown();
      Thread.sleep(60_000);
    });
    BuildId id = service.builds().accept(submission()).build().id();
    begun.await();
    service.close();
    service = reopen();
    assertThat(service.builds().get(TENANT, id).orElseThrow().state()).isEqualTo(BuildState.QUEUED);
    start((job, sink) -> {});
    assertThat(await(id).state()).isEqualTo(BuildState.READY);
  }

  @Test
  void keepsSentSecretsOutOfTheDataDirectoryAndErasesThem() throws Exception {
    start((job, sink) -> {
      byte[] value = service.secrets().value(job, "npm").orElseThrow();
      sink.event(
          new BuildEvent.Log(
              1, BuildEvent.Stream.STDOUT, "token " + new String(value, StandardCharsets.UTF_8)));
    });
    var inputs =
        new Inputs(Map.of("npm", new Inputs.SecretInput.Sent(new SealedBytes("h1"))), List.of());
    BuildId id =
        service
            .builds()
            .accept(submission(inputs, Map.of("h1", CANARY.getBytes(StandardCharsets.UTF_8))))
            .build()
            .id();
    assertThat(await(id).state()).isEqualTo(BuildState.READY);
    service.tenantSecrets().set(TENANT, "npm", CANARY.getBytes(StandardCharsets.UTF_8));
    var found = new ArrayList<Path>();
    try (var files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(CANARY)) {
          found.add(file);
        }
      }
    }
    assertThat(found).isEmpty();
    assertThat(memory.resolve(id.toString())).doesNotExist();
  }

  @Test
  void opensItsTokensAndNothingElse() {
    var issued = service.tokens().issue(TENANT, "ci", Set.of(Right.BUILD_READ), Optional.empty());
    assertThat(service.tokens().authenticate(issued.text()))
        .hasValueSatisfying(who -> assertThat(who.tenant()).isEqualTo(TENANT));
    assertThat(service.tokens().authenticate(issued.text() + "x")).isEmpty();
    assertThat(service.tokens().revoke(new TenantId("other"), issued.token().id())).isFalse();
    assertThat(service.tokens().revoke(TENANT, issued.token().id())).isTrue();
    assertThat(service.tokens().authenticate(issued.text())).isEmpty();
  }

  @Test
  void refusesASecondServerOnTheSameData() {
    assertThatThrownBy(this::reopen).hasMessageContaining("serves the data directory");
  }
}
