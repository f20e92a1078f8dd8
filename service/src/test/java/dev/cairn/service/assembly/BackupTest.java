package dev.cairn.service.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildState;
import dev.cairn.build.Inputs;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.ManifestDocument;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.service.Audit;
import dev.cairn.service.BuildQuery;
import dev.cairn.service.Images;
import dev.cairn.service.Metrics;
import dev.cairn.service.Right;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.audit.AuditAnchor;
import dev.cairn.service.audit.Verification;
import dev.cairn.service.backup.Backup;
import dev.cairn.service.backup.Restore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups made while the service works, restored elsewhere. */
class BackupTest {
  private static final TenantId TENANT = ServiceFixture.TENANT;
  private static final RepositoryName APP = new RepositoryName("app");

  @TempDir Path directory;
  @TempDir Path elsewhere;
  private ServiceFixture service;
  private LocalBlobStore kept;
  private Path memory;

  @BeforeEach
  void open() throws IOException {
    service =
        new ServiceFixture(
            directory, Database.SQLITE, new TenantLimits(1000, 2, 1, 100, 1 << 20, 10));
    kept = service.blobs;
    memory = Files.createTempDirectory(Path.of("/dev/shm"), "cairn-restored");
  }

  @AfterEach
  void close() throws IOException {
    service.close();
    try (var left = Files.walk(memory)) {
      for (Path file : left.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }

  private CairnService it() {
    return service.service();
  }

  private Backup.Made backup() throws IOException {
    return it().backup(service.blobs)
        .make(elsewhere.resolve("kept"), it().databaseCopy().orElseThrow());
  }

  private void push(String tag) {
    byte[] config = ("{\"author\":\"" + tag + "\"}").getBytes(StandardCharsets.UTF_8);
    var upload = it().blobs().begin(TENANT);
    it().blobs().append(TENANT, upload.id(), 0, new ByteArrayInputStream(config));
    it().blobs().finish(TENANT, upload.id(), Digest.sha256(config));
    byte[] manifest =
        Manifest.oci(Descriptor.of(MediaType.OCI_CONFIG, config), List.of()).toBytes();
    it().images().put(TENANT, APP, Optional.of(new Tag(tag)), MediaType.OCI_MANIFEST, manifest);
  }

  /** The service on what was restored, with nothing of the old one. */
  private CairnService restored(Path data) throws IOException {
    kept = new LocalBlobStore(data.resolve("blobs"));
    var settings = service.settings(ServiceFixture.QUEUE);
    return new CairnService(
        new ServiceSettings(
            data,
            memory,
            Optional.empty(),
            settings.queue(),
            settings.tenants(),
            settings.contexts(),
            settings.retention(),
            true),
        kept,
        Optional.empty(),
        service.clock,
        Metrics.NONE);
  }

  /** Every manifest that is named can be pulled with all that it names, equal byte for byte. */
  private static int pulls(CairnService from) throws IOException {
    int number = 0;
    for (RepositoryName name : from.images().repositories(TENANT, Optional.empty(), 1000).items()) {
      for (Tag tag : from.images().tags(TENANT, name, Optional.empty(), 1000).items()) {
        Images.StoredManifest stored = from.images().resolve(TENANT, name, tag).orElseThrow();
        byte[] bytes = from.images().bytes(TENANT, name, stored.digest());
        assertThat(Digest.sha256(bytes)).isEqualTo(stored.digest());
        var manifest = (Manifest) ManifestDocument.parse(bytes, Optional.of(stored.mediaType()));
        try (var in = from.blobs().open(TENANT, manifest.config().digest(), 0)) {
          assertThat(Digest.sha256(in.readAllBytes())).isEqualTo(manifest.config().digest());
        }
        number++;
      }
    }
    return number;
  }

  @Test
  void bringsEverythingToAnotherPlace() throws Exception {
    service.start((job, sink) -> {});
    BuildId id = service.accept();
    assertThat(service.await(id).state()).isEqualTo(BuildState.READY);
    push("1");
    it().tenantSecrets().set(TENANT, "npm", "hush".getBytes(StandardCharsets.UTF_8));
    var token = it().tokens().issue(TENANT, "ci", Right.ordinary(), Optional.empty());
    var log = it().events().read(TENANT, id, 1, 1000).events();
    // What ended a moment ago may have its end noted anew.
    service.clock.advance(java.time.Duration.ofSeconds(10));
    Backup.Made made = backup();
    assertThat(made.builds()).isEqualTo(1);

    Path data = elsewhere.resolve("data");
    Restore.restore(elsewhere.resolve("kept"), data);
    Files.copy(directory.resolve("data/secrets.key"), data.resolve("secrets.key"));
    var build = service.get(id);
    Audit.Head head = it().audit().head();
    service.reopen(ServiceFixture.QUEUE);
    try (CairnService other = restored(data)) {
      assertThat(other.builds().get(TENANT, id)).hasValue(build);
      assertThat(other.events().read(TENANT, id, 1, 1000).events()).isEqualTo(log);
      assertThat(other.tokens().authenticate(token.text())).isPresent();
      assertThat(pulls(other)).isEqualTo(2);
      // The backup's own entry came after the copy.
      assertThat(other.audit().head().number()).isEqualTo(head.number() - 1);
      assertThat(fault(other.audit(), data)).isEmpty();
      var read = new ArrayList<String>();
      other.start(
          ServiceFixture.builder(
              kept,
              () -> other,
              (job, sink) ->
                  read.add(
                      new String(
                          other.secrets().value(job, "npm").orElseThrow(),
                          StandardCharsets.UTF_8))),
          ServiceFixture.NO_PUSHES);
      var inputs = new Inputs(Map.of("npm", new Inputs.SecretInput.Stored("npm")), List.of());
      var second = other.builds().accept(service.submission(ServiceFixture.with(inputs))).build();
      awaitEnd(other, second.id());
      assertThat(read).containsExactly("hush");
    }
  }

  static void awaitEnd(CairnService in, BuildId id) throws InterruptedException {
    long from = 1;
    for (int i = 0; i < 100; i++) {
      var slice = in.events().follow(TENANT, id, from, 1000, java.time.Duration.ofSeconds(1));
      from = slice.next();
      if (slice.complete()) {
        return;
      }
    }
    throw new AssertionError("the build " + id + " did not end");
  }

  private static Optional<String> fault(Audit audit, Path data) throws IOException {
    var verification = new Verification(1, AuditAnchor.read(data.resolve("audit.anchor")));
    verification.take(audit.from(1, 100_000));
    return verification.end(audit.head());
  }

  @Test
  void isConsistentWhileBuildsAndPushesAndCollectionsGoOn() throws Exception {
    service.start((job, sink) -> Thread.sleep(5));
    var stop = new AtomicBoolean();
    var begun = new CountDownLatch(3);
    var threads = new ArrayList<Thread>();
    threads.add(endless(stop, begun, i -> service.accept()));
    threads.add(
        endless(
            stop,
            begun,
            i -> {
              push("t" + i % 40);
              it().images().deleteTag(TENANT, APP, new Tag("t" + (i + 20) % 40));
            }));
    threads.add(endless(stop, begun, i -> it().collector().collect(progress -> {})));
    begun.await();
    int builds = 0;
    try {
      for (int round = 0; round < 3; round++) {
        var before = it().builds().list(TENANT, BuildQuery.NEWEST.page(Optional.empty(), 1000));
        backup();
        Path data = elsewhere.resolve("data" + round);
        Restore.restore(elsewhere.resolve("kept"), data);
        Files.copy(directory.resolve("data/secrets.key"), data.resolve("secrets.key"));
        try (CairnService other = restored(data)) {
          assertThat(pulls(other)).isPositive();
          assertThat(fault(other.audit(), data)).isEmpty();
          for (var build : before.items()) {
            var found = other.builds().get(TENANT, build.id()).orElseThrow();
            if (build.state().isFinal()) {
              assertThat(found.state()).isEqualTo(build.state());
            }
          }
          other.start(
              ServiceFixture.builder(kept, () -> other, (job, sink) -> {}),
              ServiceFixture.NO_PUSHES);
          for (var build :
              other.builds().list(TENANT, BuildQuery.NEWEST.page(Optional.empty(), 1000)).items()) {
            awaitEnd(other, build.id());
            assertThat(other.builds().get(TENANT, build.id()).orElseThrow().state())
                .isEqualTo(BuildState.READY);
            builds++;
          }
        }
      }
    } finally {
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(builds).isGreaterThan(10);
  }

  private interface Step {
    void run(int i) throws Exception;
  }

  private static Thread endless(AtomicBoolean stop, CountDownLatch begun, Step step) {
    return Thread.ofVirtual()
        .start(() -> {
          for (int i = 0; !stop.get(); i++) {
            try {
              step.run(i);
              Thread.sleep(10);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
            if (i == 5) {
              begun.countDown();
            }
          }
        });
  }

  @Test
  void takesOnlyWhatIsNew() throws Exception {
    push("1");
    assertThat(backup().added()).isEqualTo(2);
    service.clock.advance(java.time.Duration.ofSeconds(1));
    push("2");
    Backup.Made second = backup();
    assertThat(second.added()).isEqualTo(2);
    assertThat(second.blobs()).isEqualTo(4);
    assertThat(Restore.restore(elsewhere.resolve("kept"), elsewhere.resolve("a")).backup())
        .isEqualTo(second.directory());
  }

  @Test
  void refusesWhatIsNotEmptyOrDamagedOrUnfinished() throws Exception {
    push("1");
    Backup.Made made = backup();
    Path full = Files.createDirectories(elsewhere.resolve("full"));
    Files.createFile(full.resolve("x"));
    assertThatThrownBy(() -> Restore.restore(made.directory(), full))
        .hasMessageContaining("is not empty");
    assertThatThrownBy(() -> Restore.restore(full, elsewhere.resolve("b")))
        .hasMessageContaining("no complete backup");
    Path blob;
    try (var all = Files.walk(elsewhere.resolve("kept/blobs"))) {
      blob = all.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    byte[] good = Files.readAllBytes(blob);
    Files.delete(blob);
    Files.write(blob, new byte[good.length]);
    Path half = elsewhere.resolve("half");
    assertThatThrownBy(() -> Restore.restore(made.directory(), half))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(String.valueOf(blob.getFileName()))
        .hasMessageContaining("damaged");
    assertThatThrownBy(() -> restored(half)).hasMessageContaining("not restored to its end");
    Files.write(blob, good);
    Files.write(made.directory().resolve("cairn.db"), new byte[] {1});
    assertThatThrownBy(() -> Restore.restore(made.directory(), elsewhere.resolve("c")))
        .hasMessageContaining("cairn.db is damaged");
  }

  @Test
  void holdsNeitherKeysNorSentSecrets() throws Exception {
    it().builds().accept(service.secret("npm", "k4narienvogel"));
    backup();
    try (var all = Files.walk(elsewhere)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        assertThat(String.valueOf(file.getFileName())).isNotEqualTo("secrets.key");
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .doesNotContain("k4narienvogel");
      }
    }
  }
}
