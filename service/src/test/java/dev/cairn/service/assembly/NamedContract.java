package dev.cairn.service.assembly;

import static dev.cairn.service.assembly.ServiceFixture.OTHER;
import static dev.cairn.service.assembly.ServiceFixture.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Schedule;
import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Platform;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.oci.http.AddressPolicy;
import dev.cairn.oci.http.FetchSettings;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.registry.Credential;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryCredentials;
import dev.cairn.oci.registry.RegistrySettings;
import dev.cairn.service.Builders;
import dev.cairn.service.NamedImages;
import dev.cairn.service.NamedImages.Name;
import dev.cairn.service.NamedImages.NamedImage;
import dev.cairn.service.NamedImages.State;
import dev.cairn.service.Principal;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.TenantLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Named builders and images by name, on any database. */
@Timeout(60)
abstract class NamedContract {
  /** A port of this machine on which nobody listens. */
  private static final String NOBODY = "127.0.0.1:1";

  private static final Principal CALLER = new Principal(TENANT, "tok_1", Right.ordinary());

  @TempDir Path directory;
  private ServiceFixture service;
  private HttpFetcher fetcher;

  abstract Database database();

  @BeforeEach
  void open() throws IOException {
    service = new ServiceFixture(directory, database(), TenantLimits.DEFAULT);
    fetcher = new HttpFetcher(FetchSettings.of(AddressPolicy.allowing(List.of("127.0.0.1/32:1"))));
  }

  @AfterEach
  void close() throws IOException {
    service.close();
    fetcher.close();
  }

  private Builders builders() {
    return service.service().builders();
  }

  private NamedImages images() {
    return service.service().namedImages();
  }

  private void startPulls() {
    service
        .service()
        .startPulls(
            new RegistryClient(
                fetcher,
                new RegistrySettings(
                    Map.of(new RegistryHost(NOBODY), RegistrySettings.Host.plain()),
                    1,
                    Duration.ZERO),
                RegistryCredentials.NONE));
  }

  private static UnaryOperator<BuildRequest> on(String builder) {
    return request ->
        request.withCache(
            new dev.cairn.build.CacheOptions(
                Optional.empty(),
                List.of(),
                true,
                Set.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.of(builder)));
  }

  private static void refused(Runnable call, String code) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private Builders.NamedBuilder make(String id) {
    return builders()
        .create(
            CALLER,
            new Builders.Wish(
                Optional.of(id), Optional.empty(), Optional.of(2), Map.of("a", "b"), false));
  }

  private void ends(BuildId id) throws InterruptedException {
    while (!service.service().builds().get(TENANT, id).orElseThrow().state().isFinal()) {
      Thread.sleep(10);
    }
  }

  @Test
  void aBuilderServesOneBuildAfterAnotherAndIsEmptiedOnlyWhenFree() throws Exception {
    var scopes = new ConcurrentLinkedQueue<CacheScope>();
    var begun = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    service.start((job, sink) -> {
      scopes.add(job.request().cache().written().orElseThrow());
      begun.countDown();
      go.await();
    });
    assertThat(make("web").state()).isEqualTo(Builders.State.READY);
    refused(() -> make("web"), "builder-exists");
    refused(() -> service.accept(on("nobody")), "not-found");
    refused(() -> service.accept(ServiceFixture.of(OTHER).andThen(on("web"))::apply), "not-found");

    BuildId first = service.accept(on("web"));
    begun.await();
    BuildId second = service.accept(on("web"));
    var busy = builders().find(TENANT, "web").orElseThrow();
    assertThat(busy.active()).contains(first);
    assertThat(busy.queued()).containsExactly(second);
    assertThat(busy.labels()).containsEntry("a", "b");
    refused(() -> builders().prune(TENANT, "web"), "builder-in-use");
    refused(() -> builders().delete(TENANT, "web"), "builder-in-use");
    refused(() -> builders().delete(OTHER, "web"), "not-found");
    go.countDown();
    ends(first);
    ends(second);

    builders().prune(TENANT, "web");
    while (builders().find(TENANT, "web").orElseThrow().state() != Builders.State.READY) {
      Thread.sleep(10);
    }
    ends(service.accept(on("web")));
    var seen = List.copyOf(scopes);
    assertThat(seen.get(1)).isEqualTo(seen.get(0));
    assertThat(seen.get(2)).isNotEqualTo(seen.get(0));
    builders().delete(TENANT, "web");
    assertThat(builders().list(TENANT)).isEmpty();
  }

  @Test
  void keysOfBuildersAreNobodysOwn() {
    var own =
        new Schedule(
            0,
            Optional.empty(),
            false,
            Optional.of("builder:web"),
            Optional.empty(),
            Optional.empty(),
            List.of());

    refused(() -> service.accept(ServiceFixture.with(own)), "serial-key-kept");
  }

  private static NamedImages.Pull pull(String name, Optional<Credential> login) {
    return new NamedImages.Pull(
        new Name(new RepositoryName(name), "1"),
        Reference.parse(NOBODY + "/" + name + ":1"),
        Platform.LINUX_AMD64,
        Map.of("a", "b"),
        login);
  }

  private NamedImage ended(String name) throws InterruptedException {
    while (true) {
      NamedImage image =
          images().find(TENANT, new Name(new RepositoryName(name), "1")).orElseThrow();
      if (image.state() == State.FAILED || image.state() == State.READY) {
        return image;
      }
      Thread.sleep(10);
    }
  }

  @Test
  void aPullThatCannotBeTellsTheRegistryAndTheReason() throws Exception {
    startPulls();

    NamedImage begun = images().pull(TENANT, pull("app", Optional.empty()));
    assertThat(begun.digest()).isEmpty();
    NamedImage failed = ended("app");

    assertThat(failed.state()).isEqualTo(State.FAILED);
    assertThat(failed.error().orElseThrow()).contains(NOBODY + "/app").contains("connection");
    assertThat(failed.labels()).containsEntry("a", "b");
    assertThat(images().list(OTHER, Optional.empty(), Optional.empty(), 10).items()).isEmpty();
    assertThat(images().find(OTHER, failed.name())).isEmpty();
    assertThat(images().delete(OTHER, failed.name())).isFalse();
    assertThat(images().delete(TENANT, failed.name())).isTrue();
    assertThat(images().find(TENANT, failed.name())).isEmpty();
  }

  @Test
  void aTenantHasNoEndlessPulls() {
    service.sql(
        """
        INSERT INTO image_pull (tenant, repository, version, id, source, platform, labels, login,
          state, created_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
        SELECT 'acme', 'gone' || i, '1', 'id-' || i, '127.0.0.1:1/x:1', 'linux/amd64', '{}', 0,
          'failed', 1 FROM n
        """);
    startPulls();

    refused(() -> images().pull(TENANT, pull("more", Optional.empty())), "pulls-quota");
    images().delete(TENANT, new Name(new RepositoryName("gone1"), "1"));
    assertThat(images().pull(TENANT, pull("more", Optional.empty())).state())
        .isIn(State.PENDING, State.PULLING, State.FAILED);
  }

  @Test
  void pullsOfADeadProcessGoOnOrHaveFailed() throws Exception {
    dead("open", 0, 1);
    dead("closed", 1, 1);
    dead("deadly", 0, 3);

    startPulls();

    assertThat(ended("open").error().orElseThrow()).contains(NOBODY + "/open");
    assertThat(ended("closed").error().orElseThrow()).contains("login").contains("memory");
    assertThat(ended("deadly").error().orElseThrow()).contains("3 attempts");
  }

  private void dead(String name, int login, int attempts) {
    service.sql(
        """
        INSERT INTO image_pull (tenant, repository, version, id, source, platform, labels, login,
          state, attempt, created_at, lease_owner, lease_until)
        VALUES (?, ?, '1', ?, ?, 'linux/amd64', '{}', ?, 'pulling', ?, 1, 'dead', 1)
        """,
        TENANT,
        name,
        "id-" + name,
        NOBODY + "/" + name + ":1",
        login,
        attempts);
  }

  private Digest put(TenantId tenant, String repository, String tag, byte[] manifest) {
    return service
        .service()
        .images()
        .put(
            tenant,
            new RepositoryName(repository),
            Optional.of(tag).filter(text -> !text.isEmpty()).map(Tag::parse),
            MediaType.OCI_INDEX,
            manifest)
        .digest();
  }

  private static byte[] index(String note, String children) {
    return ("{\"schemaVersion\":2,\"mediaType\":\""
            + MediaType.OCI_INDEX
            + "\",\"annotations\":{\"n\":\""
            + note
            + "\"},\"manifests\":["
            + children
            + "]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String child(byte[] manifest) {
    return "{\"mediaType\":\""
        + MediaType.OCI_INDEX
        + "\",\"digest\":\""
        + Digest.sha256(manifest)
        + "\",\"size\":"
        + manifest.length
        + "}";
  }

  @Test
  void namesAreListedInPagesAndTakeTheirOwnAlongWhenTheyGo() {
    byte[] shared = index("shared", "");
    byte[] lonely = index("lonely", "");
    Digest sharedDigest = put(TENANT, "a", "", shared);
    Digest lonelyDigest = put(TENANT, "a", "", lonely);
    put(TENANT, "a", "1", index("1", child(shared) + "," + child(lonely)));
    Digest second = put(TENANT, "a", "2", index("2", child(shared)));
    put(TENANT, "b", "1", shared);
    put(OTHER, "a", "3", index("theirs", ""));

    var page = images().list(TENANT, Optional.empty(), Optional.empty(), 2);
    assertThat(page.items()).extracting(i -> i.name().toString()).containsExactly("a:1", "a:2");
    var next = images().list(TENANT, Optional.empty(), page.next(), 2);
    assertThat(next.items()).extracting(i -> i.name().toString()).containsExactly("b:1");
    assertThat(next.next()).isEmpty();
    assertThat(
            images()
                .list(TENANT, Optional.of(new RepositoryName("b")), Optional.empty(), 9)
                .items())
        .hasSize(1);
    assertThat(images().byDigest(TENANT, second).orElseThrow().repository().value()).isEqualTo("a");
    assertThat(images().byDigest(OTHER, second)).isEmpty();

    assertThat(images().delete(TENANT, new Name(new RepositoryName("a"), "1"))).isTrue();

    var a = new RepositoryName("a");
    assertThat(service.service().images().resolve(TENANT, a, lonelyDigest)).isEmpty();
    assertThat(service.service().images().resolve(TENANT, a, sharedDigest)).isPresent();
    assertThat(service.service().images().resolve(TENANT, a, second)).isPresent();
    assertThat(images().delete(TENANT, new Name(a, "1"))).isFalse();
  }
}
