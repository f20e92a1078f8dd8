package dev.cairn.service.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.oci.Digest;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.Tag;
import dev.cairn.oci.http.AddressPolicy;
import dev.cairn.oci.http.FetchSettings;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.registry.Credential;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryCredentials;
import dev.cairn.oci.registry.RegistrySettings;
import dev.cairn.service.Mirrors;
import dev.cairn.service.Mirrors.Place;
import dev.cairn.service.ServiceException;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.mirror.MirrorSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mirror before a registry that fails as it likes. */
abstract class MirrorContract {
  private static final String APP = "team/app";
  private static final Tag ONE = new Tag("1");

  @TempDir Path directory;
  private ServiceFixture service;
  private FaultyRegistry upstream;
  private HttpFetcher fetcher;
  private byte[] layer;
  private Manifest image;

  abstract Database database();

  @BeforeEach
  void open() throws IOException {
    service = new ServiceFixture(directory, database(), new TenantLimits(5, 2, 1, 4, 1 << 20, 2));
    upstream = new FaultyRegistry();
    fetcher = new HttpFetcher(FetchSettings.of(AddressPolicy.allowing(List.of("127.0.0.0/8"))));
    layer = new byte[300_000];
    new Random(7).nextBytes(layer);
    image = upstream.add(APP, "1", layer);
  }

  @AfterEach
  void close() throws Exception {
    upstream.close();
    fetcher.close();
    service.close();
  }

  private Mirrors mirrors(HttpFetcher through, Optional<Credential> login) throws IOException {
    var host = new RegistryHost(upstream.host());
    var settings =
        new RegistrySettings(Map.of(host, RegistrySettings.Host.plain()), 1, Duration.ofMillis(1));
    return service
        .service()
        .mirrors(
            List.of(
                new MirrorSettings(
                    "test.mirror", host, Duration.ofMinutes(5), Duration.ofDays(7), login)),
            new RegistryClient(through, settings, RegistryCredentials.NONE),
            service.blobs);
  }

  private Mirrors mirrors() throws IOException {
    return mirrors(fetcher, Optional.empty());
  }

  private static Place place(Mirrors mirrors) {
    return mirrors.find("test.mirror/" + APP, Optional.empty()).orElseThrow();
  }

  private static byte[] read(Mirrors mirrors, Digest digest)
      throws IOException, InterruptedException {
    try (InputStream in = mirrors.open(place(mirrors), digest, 0)) {
      return in.readAllBytes();
    }
  }

  private static void refused(ThrowingCallable call, ServiceException.Kind kind) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private long asked(String what) {
    return upstream.asked.stream().filter(request -> request.startsWith(what)).count();
  }

  @Test
  void findsItsPlacesByPathAndByNamespace() throws Exception {
    var mirrors = mirrors();
    assertThat(mirrors.find("test.mirror/a/b", Optional.empty()))
        .hasValueSatisfying(found -> assertThat(found.repository()).hasToString("a/b"));
    assertThat(mirrors.find("a/b", Optional.of("test.mirror")))
        .hasValueSatisfying(found -> assertThat(found.repository()).hasToString("a/b"));
    assertThat(mirrors.find("a/b", Optional.empty())).isEmpty();
    assertThat(mirrors.find("a/b", Optional.of("other.mirror"))).isEmpty();
    assertThat(mirrors.find("test.mirror", Optional.empty())).isEmpty();
    assertThat(mirrors.find("test.mirror/../x", Optional.empty())).isEmpty();
    assertThatThrownBy(() ->
            new MirrorSettings(
                "acme",
                new RegistryHost("a.b"),
                Duration.ZERO,
                Duration.ofDays(1),
                Optional.empty()))
        .hasMessageContaining("has a dot");
  }

  @Test
  void asksOnceWhateverIsPulledHowOften() throws Exception {
    var mirrors = mirrors();
    Digest digest = Digest.sha256(layer);
    for (int i = 0; i < 3; i++) {
      assertThat(mirrors.manifest(place(mirrors), ONE).bytes()).isEqualTo(image.toBytes());
      assertThat(read(mirrors, digest)).isEqualTo(layer);
      assertThat(mirrors.size(place(mirrors), digest)).hasValue((long) layer.length);
    }
    assertThat(upstream.asked)
        .containsExactly(
            "HEAD " + APP + "/manifests/1",
            "GET " + APP + "/manifests/" + Digest.sha256(image.toBytes()),
            "GET " + APP + "/blobs/" + digest);
    try (InputStream in = mirrors.open(place(mirrors), digest, 299_990)) {
      assertThat(in.readAllBytes()).hasSize(10);
    }
    // By digest, too, and after a restart.
    service.reopen(ServiceFixture.QUEUE);
    var again = mirrors();
    assertThat(again.manifest(place(again), Digest.sha256(image.toBytes())).bytes())
        .isEqualTo(image.toBytes());
    assertThat(read(again, digest)).isEqualTo(layer);
    assertThat(upstream.asked).hasSize(3);
  }

  @Test
  void looksAgainWhetherATagHasMoved() throws Exception {
    var mirrors = mirrors();
    mirrors.manifest(place(mirrors), ONE);
    service.clock.advance(Duration.ofMinutes(6));
    mirrors.manifest(place(mirrors), ONE);
    assertThat(asked("HEAD")).isEqualTo(2);
    assertThat(asked("GET")).isEqualTo(1);
    Manifest moved = upstream.add(APP, "1", new byte[] {1, 2, 3});
    mirrors.manifest(place(mirrors), ONE);
    assertThat(asked("HEAD")).isEqualTo(2);
    service.clock.advance(Duration.ofMinutes(6));
    assertThat(mirrors.manifest(place(mirrors), ONE).bytes()).isEqualTo(moved.toBytes());
  }

  @Test
  void servesWhatItHasWhileTheRegistryIsDownOrWasAskedTooOften() throws Exception {
    var mirrors = mirrors();
    assertThat(mirrors.manifest(place(mirrors), ONE).stale()).isFalse();
    read(mirrors, Digest.sha256(layer));
    upstream.add(APP, "2", layer);
    for (int status : List.of(429, 503, 500)) {
      upstream.refusing = status;
      service.clock.advance(Duration.ofMinutes(6));
      var served = mirrors.manifest(place(mirrors), ONE);
      assertThat(served.stale()).as("%d", status).isTrue();
      assertThat(served.bytes()).isEqualTo(image.toBytes());
      assertThat(read(mirrors, Digest.sha256(layer))).isEqualTo(layer);
      refused(
          () -> mirrors.manifest(place(mirrors), new Tag("2")), ServiceException.Kind.UNAVAILABLE);
      refused(() -> read(mirrors, image.config().digest()), ServiceException.Kind.UNAVAILABLE);
    }
    upstream.close();
    assertThat(mirrors.manifest(place(mirrors), ONE).stale()).isTrue();
  }

  @Test
  void forgetsWhatTheRegistryDoesNotHaveAnyMore() throws Exception {
    var mirrors = mirrors();
    mirrors.manifest(place(mirrors), ONE);
    upstream.refusing = 404;
    service.clock.advance(Duration.ofMinutes(6));
    refused(() -> mirrors.manifest(place(mirrors), ONE), ServiceException.Kind.NOT_FOUND);
    upstream.refusing = 503;
    refused(() -> mirrors.manifest(place(mirrors), ONE), ServiceException.Kind.UNAVAILABLE);
  }

  @Test
  void fetchesABlobOnceForAllAndStreamsItThrough() throws Exception {
    var mirrors = mirrors();
    mirrors.manifest(place(mirrors), ONE);
    Digest digest = Digest.sha256(layer);
    var gate = new CountDownLatch(1);
    upstream.gate = Optional.of(gate);
    var first = new CountDownLatch(20);
    var results = new ArrayList<Future<byte[]>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        results.add(
            threads.submit(() -> {
              try (InputStream in = mirrors.open(place(mirrors), digest, 0)) {
                byte[] all = new byte[layer.length];
                assertThat(in.readNBytes(all, 0, 1000)).isEqualTo(1000);
                first.countDown();
                in.readNBytes(all, 1000, all.length - 1000);
                assertThat(in.read()).isEqualTo(-1);
                return all;
              }
            }));
      }
      // Everybody reads while the registry has sent half of it.
      assertThat(first.await(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      assertThat(service.blobs.has(digest)).isFalse();
      gate.countDown();
    }
    for (var result : results) {
      assertThat(result.get()).isEqualTo(layer);
    }
    assertThat(asked("GET " + APP + "/blobs/")).isEqualTo(1);
    assertThat(read(mirrors, digest)).isEqualTo(layer);
    assertThat(asked("GET " + APP + "/blobs/")).isEqualTo(1);
    try (var left = Files.list(directory.resolve("data/mirror"))) {
      assertThat(left).isEmpty();
    }
  }

  // Threat 21
  @Test
  void neverGivesTheEndOfWrongBytesAndKeepsNothingOfThem() throws Exception {
    var mirrors = mirrors();
    mirrors.manifest(place(mirrors), ONE);
    Digest digest = Digest.sha256(layer);
    upstream.lying = true;
    assertThatThrownBy(() -> read(mirrors, digest)).isInstanceOf(Exception.class);
    assertThat(service.blobs.has(digest)).isFalse();
    try (var left = Files.list(directory.resolve("data/mirror"))) {
      assertThat(left).isEmpty();
    }
    upstream.lying = false;
    assertThat(read(mirrors, digest)).isEqualTo(layer);
  }

  // Threat 9
  @Test
  void sharesOnlyWhatTheRegistryGivesToEverybody() throws Exception {
    // The operator's login opens it, but it is not everybody's.
    upstream.isPrivate = true;
    var mirrors = mirrors(fetcher, Optional.of(new Credential.Basic("operator", "k4narienvogel")));
    refused(() -> mirrors.manifest(place(mirrors), ONE), ServiceException.Kind.NOT_FOUND);
    assertThat(upstream.asked).noneMatch(request -> request.contains("+login"));
    // Public content is fetched with it, for its limits; it appears in no answer.
    upstream.isPrivate = false;
    assertThat(mirrors.manifest(place(mirrors), ONE).bytes()).isEqualTo(image.toBytes());
    // A blob that a tenant has for itself is not lent to who names its digest.
    byte[] secret = "only acme's".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Digest digest = Digest.sha256(secret);
    var upload = service.service().blobs().begin(ServiceFixture.TENANT);
    service
        .service()
        .blobs()
        .append(ServiceFixture.TENANT, upload.id(), 0, new ByteArrayInputStream(secret));
    service.service().blobs().finish(ServiceFixture.TENANT, upload.id(), digest);
    upstream.add(APP, "2", secret);
    upstream.lose(digest);
    mirrors.manifest(place(mirrors), new Tag("2"));
    refused(() -> read(mirrors, digest), ServiceException.Kind.NOT_FOUND);
    assertThat(service.service().blobs().size(ServiceFixture.OTHER, digest)).isEmpty();
    // Nor is a blob that no manifest of the place names.
    refused(() -> read(mirrors, Digest.sha256(new byte[] {9})), ServiceException.Kind.NOT_FOUND);
    // What was pulled is everybody's.
    read(mirrors, Digest.sha256(layer));
    assertThat(service.service().blobs().size(ServiceFixture.OTHER, Digest.sha256(layer)))
        .isPresent();
  }

  // Threat 12
  @Test
  void keepsToTheAddressesThatAreAllowed() throws Exception {
    try (var strict = new HttpFetcher(FetchSettings.of(AddressPolicy.publicOnly()))) {
      var mirrors = mirrors(strict, Optional.empty());
      refused(() -> mirrors.manifest(place(mirrors), ONE), ServiceException.Kind.UNAVAILABLE);
      assertThat(upstream.asked).isEmpty();
    }
  }

  @Test
  void letsGoOfWhatWasNotUsedForLong() throws Exception {
    var mirrors = mirrors();
    mirrors.manifest(place(mirrors), ONE);
    read(mirrors, Digest.sha256(layer));
    service.clock.advance(Duration.ofDays(6));
    service.service().collector().collect(progress -> {});
    assertThat(service.blobs.has(Digest.sha256(layer))).isTrue();
    service.clock.advance(Duration.ofDays(8));
    service.service().collector().collect(progress -> {});
    assertThat(service.blobs.has(Digest.sha256(layer))).isFalse();
    assertThat(read(mirrors, Digest.sha256(layer))).isEqualTo(layer);
  }
}
