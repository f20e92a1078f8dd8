package dev.cairn.service.assembly;

import static dev.cairn.service.assembly.ServiceFixture.OTHER;
import static dev.cairn.service.assembly.ServiceFixture.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildId;
import dev.cairn.build.CacheRecords.CacheRecord;
import dev.cairn.build.CacheScope;
import dev.cairn.content.Attributes;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.service.Contexts.Answer;
import dev.cairn.service.Contexts.Offer;
import dev.cairn.service.ServiceException;
import dev.cairn.service.TenantLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blobs, images, contexts and records of two tenants, and their collection, on any database. */
abstract class StorageContract {
  private static final RepositoryName APP = new RepositoryName("app");

  @TempDir Path directory;
  private ServiceFixture service;

  abstract Database database();

  @BeforeEach
  void open() throws IOException {
    service = new ServiceFixture(directory, database(), new TenantLimits(30, 2, 1, 4, 1 << 20, 10));
  }

  @AfterEach
  void close() throws IOException {
    service.close();
  }

  private CairnService it() {
    return service.service();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // Threat 4: on a rung where tenants are not kept apart there is one only, whoever asks.
  @Test
  void takesNoSecondTenantWhereStepsAreShutInTooBadly() {
    assertThatThrownBy(() -> it().tenants().keepToOne(Optional.of("steps are plain here")))
        .isInstanceOf(ServiceException.class)
        .hasMessageContaining("2 tenants")
        .hasMessageContaining("steps are plain here");

    it().tenants().keepToOne(Optional.empty());
    var third = new dev.cairn.build.TenantId("third");
    assertThat(it().tenants().create(third, TenantLimits.DEFAULT).id()).isEqualTo(third);
  }

  private Digest upload(byte[] bytes) {
    return upload(TENANT, bytes);
  }

  private Digest upload(dev.cairn.build.TenantId tenant, byte[] bytes) {
    var upload = it().blobs().begin(tenant);
    it().blobs().append(tenant, upload.id(), 0, new ByteArrayInputStream(bytes));
    Digest digest = Digest.sha256(bytes);
    it().blobs().finish(tenant, upload.id(), digest);
    return digest;
  }

  private static void refused(ThrowableAssert.ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void givesTheRightToBytesOnlyToWhoSentThemAll() throws IOException {
    byte[] bytes = bytes("hello");
    Digest digest = Digest.sha256(bytes);
    var upload = it().blobs().begin(TENANT);
    assertThat(it().blobs().find(OTHER, upload.id())).isEmpty();
    refused(
        () -> it().blobs().append(OTHER, upload.id(), 0, new ByteArrayInputStream(bytes)),
        "not-found");
    it().blobs().append(TENANT, upload.id(), 0, new ByteArrayInputStream(bytes, 0, 2));
    refused(
        () -> it().blobs().append(TENANT, upload.id(), 1, new ByteArrayInputStream(bytes)),
        "upload-offset");
    it().blobs().append(TENANT, upload.id(), 2, new ByteArrayInputStream(bytes, 2, 3));
    assertThat(it().blobs().finish(TENANT, upload.id(), digest)).isEqualTo(5);
    assertThat(it().blobs().size(TENANT, digest)).contains(5L);
    try (var in = it().blobs().open(TENANT, digest, 1)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes("ello"));
    }
    assertThat(it().blobs().size(OTHER, digest)).isEmpty();
    refused(() -> it().blobs().open(OTHER, digest, 0).close(), "not-found");
    upload(OTHER, bytes);
    assertThat(it().blobs().size(OTHER, digest)).contains(5L);
  }

  @Test
  void refusesWrongDigestsLargeUploadsAndTooMany() {
    var wrong = it().blobs().begin(TENANT);
    it().blobs().append(TENANT, wrong.id(), 0, new ByteArrayInputStream(bytes("a")));
    refused(
        () -> it().blobs().finish(TENANT, wrong.id(), Digest.sha256(bytes("b"))),
        "digest-mismatch");
    assertThat(it().blobs().find(TENANT, wrong.id())).isEmpty();
    var large = it().blobs().begin(TENANT);
    refused(
        () ->
            it().blobs()
                .append(TENANT, large.id(), 0, new ByteArrayInputStream(new byte[(1 << 20) + 1])),
        "upload-too-large");
    for (int i = 0; i < 3; i++) {
      it().blobs().begin(TENANT);
    }
    refused(() -> it().blobs().begin(TENANT), "uploads-quota");
    assertThat(it().blobs().abort(OTHER, large.id())).isFalse();
    assertThat(it().blobs().abort(TENANT, large.id())).isTrue();
  }

  @Test
  void resumesAnUploadTowardsADigest() {
    Digest digest = Digest.sha256(bytes("abc"));
    var begun = it().blobs().beginOrResume(TENANT, digest);
    it().blobs().append(TENANT, begun.id(), 0, new ByteArrayInputStream(bytes("ab")));
    var found = it().blobs().beginOrResume(TENANT, digest);
    assertThat(found.id()).isEqualTo(begun.id());
    assertThat(found.offset()).isEqualTo(2);
    assertThat(it().blobs().beginOrResume(OTHER, digest).offset()).isZero();
  }

  private byte[] manifest(byte[] config) {
    return Manifest.oci(Descriptor.of(MediaType.OCI_CONFIG, config), List.of()).toBytes();
  }

  @Test
  void keepsImagesOfTenantsApart() {
    byte[] config = bytes("{}");
    byte[] manifest = manifest(config);
    upload(config);
    refused(
        () ->
            it().images()
                .put(OTHER, APP, Optional.of(Tag.LATEST), MediaType.OCI_MANIFEST, manifest),
        "manifest-blob-unknown");
    for (String tag : List.of("b", "B", "a")) {
      it().images().put(TENANT, APP, Optional.of(new Tag(tag)), MediaType.OCI_MANIFEST, manifest);
    }
    assertThat(it().images().tags(TENANT, APP, Optional.empty(), 2).items())
        .extracting(Tag::toString)
        .containsExactly("B", "a");
    assertThat(it().images().tags(TENANT, APP, Optional.of("a"), 2).items())
        .extracting(Tag::toString)
        .containsExactly("b");
    assertThat(it().images().repositories(TENANT, Optional.empty(), 10).items())
        .containsExactly(APP);
    assertThat(it().images().repositories(OTHER, Optional.empty(), 10).items()).isEmpty();
    Digest digest = Digest.sha256(manifest);
    assertThat(it().images().bytes(TENANT, APP, digest)).isEqualTo(manifest);
    assertThat(it().images().resolve(OTHER, APP, digest)).isEmpty();
    refused(() -> it().images().bytes(OTHER, APP, digest), "not-found");
    refused(() -> it().images().tags(OTHER, APP, Optional.empty(), 2), "not-found");
    it().images().tag(TENANT, new RepositoryName("copy"), Tag.LATEST, digest);
    assertThat(it().images().resolve(TENANT, new RepositoryName("copy"), Tag.LATEST)).isPresent();
    assertThat(it().images().deleteTag(TENANT, APP, new Tag("a"))).isTrue();
    assertThat(it().images().deleteManifest(OTHER, APP, digest)).isFalse();
    assertThat(it().images().deleteManifest(TENANT, APP, digest)).isTrue();
    assertThat(it().images().resolve(TENANT, APP, new Tag("b"))).isEmpty();
  }

  private static String line(String path, byte[] content) {
    return "{\"path\":\"%s\",\"type\":\"file\",\"mode\":420,\"size\":%d,\"digest\":\"%s\"}\n"
        .formatted(path, content.length, Digest.sha256(content));
  }

  private static byte[] bundle(byte[]... files) throws IOException {
    var out = new ByteArrayOutputStream();
    var tar = new TarWriter(TarSink.of(out), false);
    for (byte[] file : files) {
      tar.add(
          TarEntry.file(Digest.sha256(file).hex(), Attributes.of(0644), file.length),
          new ByteArrayInputStream(file));
    }
    tar.finish();
    return out.toByteArray();
  }

  @Test
  void asksForBlocksThenForFilesThenGivesTheSource() throws IOException {
    byte[] one = bytes("one");
    byte[] two = bytes("two");
    byte[] three = bytes("three");
    byte[] list = bytes(line("a/one", one) + line("two", two) + line("z", three));
    Digest block = Digest.sha256(list);
    var offer = new Offer(List.of(block), List.of());
    assertThat(it().contexts().offer(TENANT, offer))
        .isEqualTo(new Answer.Missing(List.of(block), List.of()));
    upload(list);
    assertThat(it().contexts().offer(TENANT, offer))
        .isInstanceOfSatisfying(
            Answer.Missing.class,
            missing ->
                assertThat(missing.files())
                    .containsExactlyInAnyOrder(
                        Digest.sha256(one), Digest.sha256(two), Digest.sha256(three)));
    upload(one);
    Digest bundle = upload(bundle(two, three));
    var complete =
        (Answer.Complete) it().contexts().offer(TENANT, new Offer(List.of(block), List.of(bundle)));
    assertThat(complete.files()).isEqualTo(3);
    try (var tree = it().contexts().open(TENANT, complete.source().pack());
        var in = tree.open(tree.lookup("a/one").orElseThrow())) {
      assertThat(in.readAllBytes()).isEqualTo(one);
    }

    // The next time only what changed is missing.
    byte[] changed = bytes("changed");
    byte[] next = bytes(line("a/one", one) + line("two", changed) + line("z", three));
    upload(next);
    assertThat(it().contexts().offer(TENANT, new Offer(List.of(Digest.sha256(next)), List.of())))
        .isEqualTo(new Answer.Missing(List.of(), List.of(Digest.sha256(changed))));

    // What one tenant has is of no use to another.
    refused(() -> it().contexts().open(OTHER, complete.source().pack()).close(), "not-found");
    upload(OTHER, list);
    assertThat(it().contexts().offer(OTHER, offer))
        .isInstanceOfSatisfying(
            Answer.Missing.class, missing -> assertThat(missing.files()).hasSize(3));
  }

  @Test
  void refusesBlocksThatAreNoneOrTooLarge() {
    Digest bad = upload(bytes("{\"path\":\"a\",\"type\":\"socket\"}\n"));
    refused(
        () -> it().contexts().offer(TENANT, new Offer(List.of(bad), List.of())), "block-invalid");
    upload(bytes("x"));
    Digest leaving = upload(bytes(line("../a", bytes("x"))));
    refused(
        () -> it().contexts().offer(TENANT, new Offer(List.of(leaving), List.of())),
        "context-invalid");
    it().tenants().setLimits(TENANT, new TenantLimits(30, 2, 1, 4, 4 << 20, 10));
    Digest large = upload(new byte[(1 << 20) + 1]);
    refused(
        () -> it().contexts().offer(TENANT, new Offer(List.of(large), List.of())),
        "block-too-large");
    refused(
        () -> it().contexts().archive(TENANT, new ByteArrayInputStream(bytes("no tar at all"))),
        "archive-invalid");
  }

  private CacheRecord record(Digest key, Set<Digest> blobs) {
    return new CacheRecord(
        CacheScope.of(TENANT, "default"), "step", key, "1", "{}", blobs, Instant.now());
  }

  @Test
  void findsRecordsOfItsScopesUntilABlobIsLost() throws IOException {
    Digest key = Digest.sha256(bytes("key"));
    Digest blob = service.blobs.put(bytes("layer")).digest();
    it().records().write(List.of(record(key, Set.of(blob))));
    it().records().write(List.of(record(key, Set.of(blob))));
    BuildId build = it().builds().newId();
    var own = List.of(CacheScope.of(TENANT, "default"));
    var foreign = List.of(CacheScope.of(OTHER, "default"));
    assertThat(it().records().find(build, own, "step", key)).isPresent();
    assertThat(it().records().find(build, foreign, "step", key)).isEmpty();
    assertThat(it().records().latest(own, "step", "1")).isPresent();
    Files.delete(service.blobs.path(blob));
    assertThat(it().records().find(build, own, "step", key)).isEmpty();
    assertThat(it().records().latest(own, "step", "1")).isEmpty();
  }

  @Test
  void collectsOnlyWhatNothingNeeds() throws Exception {
    Digest record = service.blobs.put(bytes("of a record")).digest();
    it().records().write(List.of(record(Digest.sha256(bytes("k")), Set.of(record))));
    Digest leased = service.blobs.put(bytes("leased")).digest();
    BuildId build = it().builds().newId();
    it().leases().lease(build, List.of(leased));
    byte[] config = bytes("{}");
    byte[] manifest = manifest(config);
    upload(config);
    it().images().put(TENANT, APP, Optional.of(Tag.LATEST), MediaType.OCI_MANIFEST, manifest);
    var archive = it().contexts().archive(TENANT, new ByteArrayInputStream(bundle(bytes("f"))));
    Digest seen = upload(bytes("seen an hour ago"));
    Digest nothing = service.blobs.put(bytes("nothing")).digest();
    it().collector().collect(progress -> {});
    assertThat(service.blobs.has(nothing)).isTrue();

    service.clock.advance(Duration.ofHours(2));
    it().collector().collect(progress -> {});
    assertThat(service.blobs.has(nothing)).isFalse();
    assertThat(service.blobs.has(seen)).isFalse();
    assertThat(it().blobs().size(TENANT, seen)).isEmpty();
    for (Digest kept :
        List.of(record, leased, Digest.sha256(config), Digest.sha256(manifest), archive.pack())) {
      assertThat(service.blobs.has(kept)).isTrue();
    }
    it().leases().release("build:" + build);
    it().images().deleteManifest(TENANT, APP, Digest.sha256(manifest));
    service.clock.advance(Duration.ofDays(40));
    it().collector().collect(progress -> {});
    assertThat(service.blobs.has(record)).isFalse();
    assertThat(service.blobs.has(leased)).isFalse();
    assertThat(service.blobs.has(archive.pack())).isFalse();
    assertThat(service.blobs.has(Digest.sha256(manifest))).isFalse();
  }

  @Test
  void keepsTheContextOfADraftHoweverLongItWaits() throws Exception {
    var archive = it().contexts().archive(TENANT, new ByteArrayInputStream(bundle(bytes("f"))));
    BuildId draft = service.accept(ServiceFixture.draftOf(archive));
    for (int day = 0; day < 8; day++) {
      service.clock.advance(Duration.ofHours(20));
      it().collector().collect(progress -> {});
    }
    assertThat(service.blobs.has(archive.pack())).isTrue();
    it().builds().cancel(TENANT, draft, "tok_1", "");
    service.clock.advance(Duration.ofHours(20));
    it().collector().collect(progress -> {});
    assertThat(service.blobs.has(archive.pack())).isFalse();
  }

  @Test
  void forgetsOldBuildsWithTheirLogs() throws Exception {
    service.start((job, sink) -> {});
    BuildId id = service.accept();
    service.await(id);
    service.clock.advance(Duration.ofDays(91));
    it().collector().collect(progress -> {});
    assertThat(it().builds().get(TENANT, id)).isEmpty();
    assertThat(
            directory
                .resolve("data/logs")
                .resolve(id.toString().substring(30))
                .resolve(id.toString()))
        .doesNotExist();
    assertThat(it().images().resolve(TENANT, new RepositoryName("builds/" + id), Tag.LATEST))
        .isPresent();
  }

  /** Old blobs that are looked at, sent again and found by records while collection runs. */
  @Test
  void neverTakesWhatSomebodyBeganToNeedMeanwhile() throws Exception {
    var contents = new ArrayList<byte[]>();
    for (int i = 0; i < 120; i++) {
      byte[] bytes = bytes("old " + i);
      contents.add(bytes);
      Digest digest = service.blobs.put(bytes).digest();
      Files.setLastModifiedTime(
          service.blobs.path(digest), FileTime.from(Instant.now().minus(Duration.ofHours(3))));
      it().leases().grant(TENANT, List.of(digest));
    }
    it().tenants().setLimits(TENANT, new TenantLimits(30, 2, 1, 100, 1 << 20, 10));
    var promised = ConcurrentHashMap.<Digest>newKeySet();
    var done = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var collecting =
          threads.submit(() -> {
            while (!done.get()) {
              it().collector().collect(progress -> {});
            }
            return true;
          });
      var needing = new ArrayList<java.util.concurrent.Future<?>>();
      for (byte[] content : contents) {
        needing.add(
            threads.submit(() -> {
              Digest digest = Digest.sha256(content);
              Thread.sleep(ThreadLocalRandom.current().nextInt(60));
              if (content[content.length - 1] % 2 == 0) {
                if (it().blobs().size(TENANT, digest).isPresent()) {
                  promised.add(digest);
                }
              } else {
                upload(content);
                promised.add(digest);
              }
              return true;
            }));
      }
      for (var each : needing) {
        each.get();
      }
      done.set(true);
      collecting.get();
    }
    it().collector().collect(progress -> {});
    for (Digest digest : promised) {
      assertThat(it().blobs().size(TENANT, digest)).isPresent();
    }
    assertThat(promised).hasSizeGreaterThanOrEqualTo(60);
  }
}
