package dev.cairn.service.assembly;

import static dev.cairn.service.assembly.ServiceFixture.OTHER;
import static dev.cairn.service.assembly.ServiceFixture.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildId;
import dev.cairn.build.CacheRecords.CacheRecord;
import dev.cairn.build.CacheScope;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Index;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.service.GarbageCollection.Kind;
import dev.cairn.service.GarbageCollection.Report;
import dev.cairn.service.Metrics;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.collection.DiskRoom;
import dev.cairn.service.collection.LocalCache;
import dev.cairn.service.collection.Maintenance;
import dev.cairn.service.collection.Retention;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lives how long, on any database. */
abstract class CollectionContract {
  private static final RepositoryName APP = new RepositoryName("app");
  private static final List<CacheScope> OWN = List.of(CacheScope.of(TENANT, "default"));
  private static final Duration WEEKS = Duration.ofDays(31);

  @TempDir Path directory;
  private ServiceFixture service;

  abstract Database database();

  @BeforeEach
  void open() throws IOException {
    service = new ServiceFixture(directory, database(), TenantLimits.DEFAULT);
  }

  @AfterEach
  void close() throws IOException {
    service.close();
  }

  private CairnService it() {
    return service.service();
  }

  private Report collect() {
    return it().collector().collect(progress -> {});
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void upload(byte[] bytes) {
    var upload = it().blobs().begin(TENANT);
    it().blobs().append(TENANT, upload.id(), 0, new ByteArrayInputStream(bytes));
    it().blobs().finish(TENANT, upload.id(), Digest.sha256(bytes));
  }

  private Digest image(String config, Optional<Tag> tag) {
    upload(bytes(config));
    byte[] manifest =
        Manifest.oci(Descriptor.of(MediaType.OCI_CONFIG, bytes(config)), List.of()).toBytes();
    return it().images().put(TENANT, APP, tag, MediaType.OCI_MANIFEST, manifest).digest();
  }

  private boolean has(Digest digest) throws IOException {
    return service.blobs.has(digest);
  }

  private boolean has(String content) throws IOException {
    return has(Digest.sha256(bytes(content)));
  }

  private Digest record(String key, String content, String scope) throws IOException {
    Digest blob = service.blobs.put(bytes(content)).digest();
    it().records()
        .write(
            List.of(
                new CacheRecord(
                    CacheScope.of(TENANT, scope),
                    "step",
                    Digest.sha256(bytes(key)),
                    "1",
                    "{}",
                    Set.of(blob),
                    service.clock.instant())));
    return blob;
  }

  @Test
  void aManifestLivesWithoutATagForItsTimeAndAsLongAsItIsPulled() throws IOException {
    Digest first = image("{\"n\":1}", Optional.of(Tag.LATEST));
    service.clock.advance(WEEKS);
    image("{\"n\":2}", Optional.of(Tag.LATEST));
    // It lost its tag just now, however long ago it was pushed.
    service.clock.advance(Duration.ofDays(20));
    collect();
    assertThat(it().images().resolve(TENANT, APP, first)).isPresent();
    service.clock.advance(Duration.ofDays(20));
    collect();
    assertThat(it().images().resolve(TENANT, APP, first)).isPresent();
    service.clock.advance(WEEKS);
    Report report = collect();
    assertThat(it().images().resolve(TENANT, APP, first)).isEmpty();
    assertThat(has(first)).isFalse();
    assertThat(has("{\"n\":1}")).isFalse();
    assertThat(has("{\"n\":2}")).isTrue();
    assertThat(report.count(Kind.MANIFEST)).isEqualTo(1);
    assertThat(report.gone())
        .filteredOn(gone -> gone.kind() == Kind.MANIFEST)
        .allMatch(gone -> gone.tenant().equals("acme") && gone.reason().contains("without a tag"));
  }

  @Test
  void theMembersOfAnIndexLiveAndGoWithIt() throws IOException {
    Digest member = image("{\"m\":1}", Optional.empty());
    byte[] manifest = it().images().bytes(TENANT, APP, member);
    byte[] index = Index.oci(List.of(Descriptor.of(MediaType.OCI_MANIFEST, manifest))).toBytes();
    Tag tag = new Tag("many");
    it().images().put(TENANT, APP, Optional.of(tag), MediaType.OCI_INDEX, index);
    service.clock.advance(WEEKS.multipliedBy(2));
    collect();
    assertThat(it().images().resolve(TENANT, APP, member)).isPresent();
    assertThat(it().images().deleteTag(TENANT, APP, tag)).isTrue();
    service.clock.advance(WEEKS.multipliedBy(2));
    assertThat(collect().count(Kind.MANIFEST)).isEqualTo(2);
    assertThat(has(member)).isFalse();
    assertThat(has("{\"m\":1}")).isFalse();
    assertThat(has(Digest.sha256(index))).isFalse();
  }

  // A signature has no tag, and lives as long as what it signs.
  @Test
  void whatIsAboutAManifestLivesAndGoesWithIt() throws IOException {
    Digest subject = image("{\"s\":1}", Optional.of(Tag.LATEST));
    byte[] signed = it().images().bytes(TENANT, APP, subject);
    upload(bytes("{\"r\":1}"));
    byte[] signature =
        new Manifest(
                MediaType.OCI_MANIFEST,
                Descriptor.of(MediaType.OCI_CONFIG, bytes("{\"r\":1}")),
                List.of(),
                Map.of(),
                Optional.of(Descriptor.of(MediaType.OCI_MANIFEST, signed)),
                Optional.empty())
            .toBytes();
    Digest about =
        it().images()
            .put(TENANT, APP, Optional.empty(), MediaType.OCI_MANIFEST, signature)
            .digest();
    service.clock.advance(WEEKS.multipliedBy(2));
    assertThat(collect().count(Kind.MANIFEST)).isZero();
    service.clock.advance(WEEKS.multipliedBy(2));
    assertThat(collect().count(Kind.MANIFEST)).isZero();
    assertThat(has(about)).isTrue();
    it().images().deleteManifest(TENANT, APP, subject);
    service.clock.advance(WEEKS.multipliedBy(2));
    assertThat(collect().count(Kind.MANIFEST)).isEqualTo(1);
    assertThat(has(about)).isFalse();
    assertThat(has("{\"r\":1}")).isFalse();
  }

  @Test
  void whoFindsAnImageCanPullAllOfItAlthoughItIsDeletedMeanwhile() throws IOException {
    Digest manifest = image("{\"p\":1}", Optional.of(Tag.LATEST));
    service.clock.advance(Duration.ofHours(3));
    assertThat(it().images().resolve(TENANT, APP, Tag.LATEST)).isPresent();
    it().images().deleteManifest(TENANT, APP, manifest);
    service.clock.advance(Duration.ofMinutes(29));
    collect();
    assertThat(it().blobs().size(TENANT, Digest.sha256(bytes("{\"p\":1}")))).isPresent();
    service.clock.advance(Duration.ofHours(2));
    collect();
    assertThat(has("{\"p\":1}")).isFalse();
  }

  @Test
  void aPlanSaysWhatARunWouldDoAndDoesNothing() throws IOException {
    image("{\"q\":1}", Optional.empty());
    record("k", "of a record", "default");
    upload(bytes("forgotten"));
    it().contexts().archive(TENANT, new ByteArrayInputStream(emptyTar()));
    it().blobs().begin(TENANT);
    service.clock.advance(WEEKS);

    Report plan = it().collector().plan();

    assertThat(it().collector().plan()).isEqualTo(plan);
    assertThat(has("forgotten")).isTrue();
    assertThat(it().records().latest(OWN, "step", "1")).isPresent();
    assertThat(plan.plan()).isTrue();
    for (Kind kind : List.of(Kind.MANIFEST, Kind.RECORD, Kind.PACK, Kind.UPLOAD, Kind.BLOB)) {
      assertThat(plan.count(kind)).as(kind + " of " + plan).isPositive();
    }
    Report done = collect();
    assertThat(done.gone()).isEqualTo(plan.gone());
    assertThat(done.kept()).isEqualTo(plan.kept()).isZero();
    assertThat(has("forgotten")).isFalse();
    assertThat(collect().gone()).isEmpty();
  }

  private static byte[] emptyTar() throws IOException {
    var out = new ByteArrayOutputStream();
    new TarWriter(TarSink.of(out), false).finish();
    return out.toByteArray();
  }

  @Test
  void dropsWhatCanBeMadeAgainIfItsBytesAreLostAndKeepsNames() throws IOException {
    Digest lost = record("k", "lost", "default");
    record("other", "kept", "default");
    Digest manifest = image("{\"l\":1}", Optional.of(Tag.LATEST));
    Files.delete(service.blobs.path(lost));
    Files.delete(service.blobs.path(Digest.sha256(bytes("{\"l\":1}"))));
    Report report = collect();
    assertThat(report.gone())
        .singleElement()
        .satisfies(gone -> {
          assertThat(gone.kind()).isEqualTo(Kind.RECORD);
          assertThat(gone.reason()).contains("lost");
        });
    assertThat(it().images().resolve(TENANT, APP, Tag.LATEST)).isPresent();
    upload(bytes("{\"l\":1}"));
    assertThat(has(manifest)).isTrue();
  }

  // Another build may replace the record that held a layer while the first one still needs it.
  @Test
  void aBuildHoldsWhatItMadeWhateverBecomesOfTheRecord() throws IOException {
    BuildId build = it().builds().newId();
    Digest first = record("k", "made first", "default");
    it().leases().lease(build, List.of(first));
    record("k", "made second", "default");
    service.clock.advance(Duration.ofHours(5));
    collect();
    assertThat(has(first)).isTrue();
    it().leases().release("build:" + build);
    collect();
    assertThat(has(first)).isFalse();
  }

  // A blob stored again while its old file was about to be deleted is held like a new one.
  @Test
  void aBuildHoldsWhatItStoresWhileItsOldFileGoes() throws IOException {
    Digest digest = service.blobs.put(bytes("again")).digest();
    assertThat(it().leases().forgetUnneeded(List.of(digest))).containsKey(digest);
    service.blobs.put(bytes("again"));
    it().leases().lease(it().builds().newId(), List.of(digest));
    service.clock.advance(Duration.ofHours(5));
    collect();
    assertThat(has(digest)).isTrue();
  }

  @Test
  void tellsTenantsApart() throws IOException {
    upload(bytes("of acme"));
    var upload = it().blobs().begin(OTHER);
    it().blobs().append(OTHER, upload.id(), 0, new ByteArrayInputStream(bytes("of other")));
    it().blobs().finish(OTHER, upload.id(), Digest.sha256(bytes("of other")));
    service.blobs.put(bytes("of nobody"));
    service.clock.advance(Duration.ofHours(3));
    assertThat(it().collector().plan().gone())
        .extracting(gone -> gone.tenant() + " " + gone.bytes())
        .containsExactlyInAnyOrder("acme 7", "other 8", " 9");
  }

  @Test
  void everyTimeIsTheOperators() throws IOException {
    var quick = ofSeconds(60);
    service.reopen(
        new ServiceSettings(
            service.settings(ServiceFixture.QUEUE).data(),
            service.memory,
            service.settings(ServiceFixture.QUEUE).postgres(),
            ServiceFixture.QUEUE,
            TenantLimits.DEFAULT,
            dev.cairn.content.ArchiveLimits.DEFAULT,
            quick,
            true));
    image("{\"o\":1}", Optional.empty());
    record("k", "of a record", "default");
    it().contexts().archive(TENANT, new ByteArrayInputStream(emptyTar()));
    service.clock.advance(Duration.ofSeconds(50));
    assertThat(collect().gone()).isEmpty();
    service.clock.advance(Duration.ofSeconds(20));
    collect();
    try (var files = Files.list(directory.resolve("blobs/blobs/sha256"))) {
      assertThat(files).isEmpty();
    }
  }

  private static Retention ofSeconds(long seconds) {
    Duration all = Duration.ofSeconds(seconds);
    return new Retention(all, all, all, all, all, all, all);
  }

  @Test
  void makesRoomFromWhatWasUsedLongestAgoAndStopsWhenThereIsEnough() throws Exception {
    for (int n = 0; n < 8; n++) {
      record("k" + n, "record " + n, "default");
      service.clock.advance(Duration.ofHours(2));
    }
    Digest named = image("{\"r\":1}", Optional.of(Tag.LATEST));
    List<Double> shares = new CopyOnWriteArrayList<>();
    it().collector().include(cache(shares));
    // Enough as soon as three quarters of the records are left.
    var room = new DiskRoom(() -> shares.size() > 1 ? 1000 : 10, 100);
    try (var maintenance =
        new Maintenance(it().collector(), Duration.ofMillis(20), room, Metrics.NONE)) {
      maintenance.start();
      for (int n = 0; n < 500 && shares.size() < 2; n++) {
        Thread.sleep(20);
      }
    }
    assertThat(shares).startsWith(0.75, 0.5).doesNotContain(0.0);
    for (int n = 0; n < 8; n++) {
      assertThat(has("record " + n)).as("record " + n).isEqualTo(n >= 2);
    }
    assertThat(has(named)).isTrue();
  }

  private static LocalCache cache(List<Double> shares) {
    return new LocalCache() {
      @Override
      public Kind kind() {
        return Kind.TREE;
      }

      @Override
      public Freed trim(double share, boolean plan) {
        if (share < 1) {
          shares.add(share);
        }
        return Freed.NOTHING;
      }
    };
  }
}
