package dev.cairn.service.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildState;
import dev.cairn.build.Inputs;
import dev.cairn.build.TenantId;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.ManifestDocument;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.service.BuildQuery;
import dev.cairn.service.Metrics;
import dev.cairn.service.Right;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.collection.Retention;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Data that earlier releases left: opened by this one, everything is there. */
abstract class ReleaseContract {
  /** Release 0.1 with migrations 1 and 2. */
  private static final String FIRST = "release-1";

  private static final TenantId TENANT = ServiceFixture.TENANT;

  @TempDir Path directory;

  abstract Database database();

  /** Makes such data with {@code -Dcairn.record=DIR}, of the release that runs. */
  @Test
  @EnabledIfSystemProperty(named = "cairn.record", matches = ".+")
  void record() throws Exception {
    Path to = Path.of(System.getProperty("cairn.record"));
    var facts = new ArrayList<String>();
    try (var service =
        new ServiceFixture(directory, Database.SQLITE, new TenantLimits(5, 2, 1, 4, 1 << 20, 10))) {
      var it = service.service();
      facts.add("at " + service.clock.millis());
      var token = it.tokens().issue(TENANT, "ci", Right.ordinary(), Optional.empty());
      facts.add("token " + token.text());
      it.tenantSecrets().set(TENANT, "npm", "an old secret".getBytes(StandardCharsets.UTF_8));
      it.contexts().archive(TENANT, new ByteArrayInputStream(new byte[1024]));
      service.start((job, sink) -> {});
      BuildId ready = service.accept();
      service.await(ready);
      facts.add("ready " + ready);
      facts.add("events " + it.events().read(TENANT, ready, 1, 100).events().size());
      service.reopen(ServiceFixture.QUEUE);
      var inputs = new Inputs(Map.of("npm", new Inputs.SecretInput.Stored("npm")), List.of());
      facts.add("waiting " + service.accept(ServiceFixture.with(inputs)));
    }
    ReleaseData.record(directory, to);
    Files.write(to.resolve("facts.txt"), facts);
  }

  private static String fact(String name) throws Exception {
    return ReleaseData.lines(FIRST, "facts.txt").stream()
        .filter(line -> line.startsWith(name + " "))
        .findFirst()
        .orElseThrow()
        .substring(name.length() + 1);
  }

  @Test
  void opensWhatTheFirstReleaseLeft() throws Exception {
    Optional<ServiceSettings.Postgres> postgres = database().fresh();
    Files.createDirectories(directory.resolve("data"));
    ReleaseData.restore(
        FIRST,
        directory,
        postgres
            .map(ServiceSettings.Postgres::url)
            .orElse("jdbc:sqlite:" + directory.resolve("data/cairn.db")),
        2);
    Instant then = Instant.ofEpochMilli(Long.parseLong(fact("at")));
    Clock clock = Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), then));
    Path memory = Files.createTempDirectory(Path.of("/dev/shm"), "cairn-test");
    var settings =
        new ServiceSettings(
            directory.resolve("data"),
            memory,
            postgres,
            ServiceFixture.QUEUE,
            TenantLimits.DEFAULT,
            ArchiveLimits.DEFAULT,
            Retention.DEFAULT,
            true);
    var blobs = new LocalBlobStore(directory.resolve("blobs"));
    try (var it = new CairnService(settings, blobs, Optional.empty(), clock, Metrics.NONE)) {
      holdsEverything(it);
      var seen = new ArrayList<String>();
      it.start(
          ServiceFixture.builder(
              blobs,
              () -> it,
              (job, sink) -> {
                if (job.request().inputs().secrets().containsKey("npm")) {
                  byte[] value = it.secrets().value(job, "npm").orElseThrow();
                  seen.add(new String(value, StandardCharsets.UTF_8));
                }
              }),
          ServiceFixture.NO_PUSHES);
      BuildId waiting = BuildId.parse(fact("waiting"));
      BackupTest.awaitEnd(it, waiting);
      assertThat(it.builds().get(TENANT, waiting).orElseThrow().state())
          .isEqualTo(BuildState.READY);
      assertThat(seen).containsExactly("an old secret");
      it.collector().collect(progress -> {});
      holdsEverything(it);
    } finally {
      try (var left = Files.walk(memory)) {
        for (Path file : left.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void holdsEverything(CairnService it) throws Exception {
    assertThat(it.tenants().list()).hasSize(2);
    assertThat(it.tokens().authenticate(fact("token")))
        .hasValueSatisfying(who -> assertThat(who.rights()).isEqualTo(Right.ordinary()));
    assertThat(it.tenantSecrets().list(TENANT)).hasSize(1);
    assertThat(it.builds().list(TENANT, BuildQuery.NEWEST).items()).hasSize(2);
    BuildId ready = BuildId.parse(fact("ready"));
    assertThat(it.builds().get(TENANT, ready).orElseThrow().state()).isEqualTo(BuildState.READY);
    assertThat(it.events().read(TENANT, ready, 1, 100).events())
        .hasSize(Integer.parseInt(fact("events")));
    var name = new RepositoryName("builds/" + ready);
    var stored = it.images().resolve(TENANT, name, Tag.LATEST).orElseThrow();
    byte[] bytes = it.images().bytes(TENANT, name, stored.digest());
    assertThat(Digest.sha256(bytes)).isEqualTo(stored.digest());
    var manifest = (Manifest) ManifestDocument.parse(bytes, Optional.of(stored.mediaType()));
    try (var in = it.blobs().open(TENANT, manifest.config().digest(), 0)) {
      assertThat(Digest.sha256(in.readAllBytes())).isEqualTo(manifest.config().digest());
    }
  }
}
