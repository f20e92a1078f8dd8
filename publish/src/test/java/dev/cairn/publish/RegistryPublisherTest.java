package dev.cairn.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Outputs;
import dev.cairn.build.Publisher;
import dev.cairn.build.PushListener;
import dev.cairn.build.PushMemory;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Index;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.http.AddressPolicy;
import dev.cairn.oci.http.FetchSettings;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.http.HttpUrl;
import dev.cairn.oci.registry.Credential;
import dev.cairn.oci.registry.RegistrySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryPublisherTest {
  @TempDir Path directory;

  private final Registry registry = new Registry();
  private final Recorder listener = new Recorder();
  private final Memory memory = new Memory();
  private LocalBlobStore store;
  private HttpFetcher http;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    store = new LocalBlobStore(directory);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v2/", registry::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    http = new HttpFetcher(FetchSettings.of(AddressPolicy.allowing(List.of("127.0.0.0/8"))));
  }

  @AfterEach
  void stop() {
    http.close();
    server.stop(0);
  }

  @Test
  void pushesBlobsThenTheManifestUnderItsTag() throws Exception {
    Descriptor image = image("one", "two");

    publish(image);

    assertThat(registry.blobs).hasSize(3);
    assertThat(registry.manifests).containsOnlyKeys("v1");
    assertThat(registry.order.getLast()).isEqualTo("manifest v1");
    assertThat(listener.arrivals.values()).containsOnly(PushListener.Arrival.SENT).hasSize(4);
    assertThat(listener.moved).isEqualTo(0);
  }

  @Test
  void sendsNothingThatIsThere() throws Exception {
    Descriptor image = image("one", "two");
    publish(image);
    registry.order.clear();
    listener.arrivals.clear();

    publish(image);

    assertThat(registry.order).containsExactly("manifest v1");
    assertThat(listener.arrivals.values())
        .filteredOn(PushListener.Arrival.PRESENT::equals)
        .hasSize(3);
  }

  @Test
  void asksNobodyForWhatItSawLatelyAndForEverythingIfTheRegistryLostIt() throws Exception {
    Descriptor image = image("one", "two");
    publish(image);
    registry.asked.set(0);
    publish(image);
    assertThat(registry.asked).hasValue(0);

    registry.blobs.clear();
    registry.checking = true;
    publish(image);

    assertThat(registry.blobs).hasSize(3);
    assertThat(registry.manifests).containsOnlyKeys("v1");
  }

  @Test
  void mountsWhatAnotherRepositoryHas() throws Exception {
    Descriptor image = image("one", "two");
    publish(image);
    registry.order.clear();
    listener.arrivals.clear();

    publish(image, Reference.parse(host() + "/team/other:v2"));

    assertThat(registry.order).containsExactlyInAnyOrder("mount", "mount", "mount", "manifest v2");
    assertThat(registry.order.getLast()).isEqualTo("manifest v2");
    assertThat(listener.arrivals.values())
        .filteredOn(PushListener.Arrival.MOUNTED::equals)
        .hasSize(3);
  }

  @Test
  void sendsALayerBeforeTheImageIsThere() throws Exception {
    Descriptor image = image("early", "late");
    Descriptor early =
        Descriptor.of(
            MediaType.OCI_LAYER, "early".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    try (var transfer = open(settings(), destination())) {
      transfer.offer(early);
      for (int n = 0; n < 500 && registry.blobs.isEmpty(); n++) {
        Thread.sleep(10);
      }
      assertThat(registry.blobs).containsOnlyKeys(early.digest().toString());
      assertThat(registry.manifests).isEmpty();

      transfer.finish(image);
    }
    assertThat(registry.order).containsExactly("blob", "blob", "blob", "manifest v1");
  }

  @Test
  void pushesInnerManifestsByDigestBeforeTheIndex() throws Exception {
    Descriptor inner = image("one");
    byte[] bytes = Index.oci(List.of(inner)).toBytes();
    store.put(bytes);

    publish(Descriptor.of(MediaType.OCI_INDEX, bytes));

    assertThat(registry.order).endsWith("manifest " + inner.digest(), "manifest v1");
  }

  @Test
  void letsNobodyButTheOperatorTakeProtectionAway() throws Exception {
    var insecure = new Outputs.Destination(destination(), true);
    assertThatThrownBy(() -> publisher(RegistrySettings.DEFAULT).check(insecure))
        .isInstanceOfSatisfying(
            BuildException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INPUT))
        .hasMessageContaining("only the operator");
    assertThatThrownBy(() -> publisher(RegistrySettings.DEFAULT).open(order(insecure), listener))
        .isInstanceOf(BuildException.class);
    assertThat(registry.asked).hasValue(0);

    publisher(settings()).check(insecure);
  }

  @Test
  void triesAgainAndSaysSo() throws Exception {
    registry.failures.set(1);

    publish(image("one"));

    assertThat(registry.manifests).containsOnlyKeys("v1");
    assertThat(listener.retries).hasSize(1);
  }

  @Test
  void namesRegistryRepositoryAndReasonAtOnce() {
    registry.denied = true;

    assertThatThrownBy(() -> publish(image("one")))
        .isInstanceOfSatisfying(
            BuildException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CREDENTIAL))
        .hasMessageContaining(destination().name())
        .hasMessageContaining("403");
    assertThat(listener.retries).isEmpty();
  }

  @Test
  void givesUpOnARegistryThatStaysAway() {
    registry.failures.set(1000);

    assertThatThrownBy(() -> publish(image("one")))
        .isInstanceOfSatisfying(
            BuildException.class,
            e -> assertThat(e.toFailure(dev.cairn.build.Phase.PUBLISH, 1, 1).retryable()).isTrue())
        .hasMessageContaining("503");
    assertThat(listener.retries).isNotEmpty();
  }

  @Test
  void missingBlobsOfOursArePublishErrors() {
    var gone = Descriptor.of(MediaType.OCI_MANIFEST, new byte[] {1});

    assertThatThrownBy(() -> publish(gone))
        .isInstanceOfSatisfying(
            BuildException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.PUBLISH));
  }

  @Test
  void closingStopsWhatGoesOn() throws Exception {
    registry.hanging = true;
    Descriptor image = image("one");
    var transfer = open(settings(), destination());
    var pushing =
        Thread.ofVirtual()
            .start(() ->
                assertThatThrownBy(() -> transfer.finish(image))
                    .isInstanceOf(InterruptedException.class));
    while (registry.asked.get() == 0) {
      Thread.sleep(10);
    }
    pushing.interrupt();
    pushing.join();

    transfer.close();

    assertThat(registry.manifests).isEmpty();
  }

  private void publish(Descriptor image) throws InterruptedException {
    publish(image, destination());
  }

  private void publish(Descriptor image, Reference to) throws InterruptedException {
    try (var transfer = open(settings(), to)) {
      transfer.finish(image);
    }
  }

  private Publisher.Transfer open(RegistrySettings settings, Reference to) {
    return publisher(settings).open(order(new Outputs.Destination(to, false)), listener);
  }

  private Publisher.Order order(Outputs.Destination to) {
    return new Publisher.Order(
        new TenantId("t"), to, Optional.of(new Credential.Basic("user", "secret")), memory);
  }

  private RegistrySettings settings() {
    return new RegistrySettings(
        Map.of(host(), RegistrySettings.Host.plain()), 1, Duration.ofMillis(1));
  }

  private RegistryPublisher publisher(RegistrySettings settings) {
    return new RegistryPublisher(
        http, settings, store, new Patience(3, Duration.ofMillis(1), Duration.ofMillis(5)));
  }

  private RegistryHost host() {
    return RegistryHost.parse("127.0.0.1:" + server.getAddress().getPort());
  }

  private Reference destination() {
    return Reference.parse(host() + "/team/app:v1");
  }

  private Descriptor image(String... layers) throws IOException {
    var descriptors = new ArrayList<Descriptor>();
    for (String layer : layers) {
      byte[] bytes = layer.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      store.put(bytes);
      descriptors.add(Descriptor.of(MediaType.OCI_LAYER, bytes));
    }
    byte[] config = "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    store.put(config);
    byte[] manifest =
        Manifest.oci(Descriptor.of(MediaType.OCI_CONFIG, config), descriptors).toBytes();
    store.put(manifest);
    return Descriptor.of(MediaType.OCI_MANIFEST, manifest);
  }

  /** The push routes of a registry. */
  private static final class Registry {
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean denied;
    private volatile boolean checking;
    private volatile boolean hanging;

    void answer(HttpExchange exchange) throws IOException {
      try (exchange) {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (hanging) {
          asked.incrementAndGet();
          Thread.sleep(60_000);
        }
        exchange.sendResponseHeaders(status(exchange, body), -1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private int status(HttpExchange exchange, byte[] body) {
      String path = exchange.getRequestURI().getPath();
      String last = path.substring(path.lastIndexOf('/') + 1);
      if (denied) {
        return 403;
      }
      if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        return 503;
      }
      return switch (exchange.getRequestMethod()) {
        case "HEAD" -> {
          asked.incrementAndGet();
          yield path.contains("/team/other/") || !blobs.containsKey(last) ? 404 : 200;
        }
        case "POST" -> {
          String query = String.valueOf(exchange.getRequestURI().getQuery());
          if (query.contains("mount=") && query.contains("from=team/app")) {
            order.add("mount");
            yield 201;
          }
          exchange.getResponseHeaders().add("Location", path + "1");
          yield 202;
        }
        case "PUT" -> {
          if (path.contains("/manifests/") && checking && blobs.isEmpty()) {
            yield 400;
          }
          if (path.contains("/manifests/")) {
            manifests.put(last, body);
            order.add("manifest " + last);
          } else {
            blobs.put(Digest.sha256(body).toString(), body);
            order.add("blob");
          }
          yield 201;
        }
        default -> 405;
      };
    }
  }

  private static final class Recorder implements PushListener {
    private final Map<Digest, Arrival> arrivals = new ConcurrentHashMap<>();
    private final List<String> retries = Collections.synchronizedList(new ArrayList<>());
    private volatile long moved;

    @Override
    public void moving(Descriptor blob, long bytes) {
      moved = bytes;
    }

    @Override
    public void arrived(Descriptor blob, Arrival how) {
      arrivals.put(blob.digest(), how);
    }

    @Override
    public void retry(String what, String reason, int attempt) {
      retries.add(reason);
    }
  }

  /** Remembers for as long as the test lasts. */
  private static final class Memory implements PushMemory {
    private final Map<String, Set<Digest>> seen = new ConcurrentHashMap<>();

    @Override
    public boolean seenLately(Reference repository, Digest blob) {
      return seen.getOrDefault(repository.name(), Set.of()).contains(blob);
    }

    @Override
    public List<RepositoryName> elsewhere(Reference repository, Digest blob) {
      return seen.entrySet().stream()
          .filter(entry -> entry.getValue().contains(blob))
          .map(entry -> Reference.parse(entry.getKey()).repository())
          .toList();
    }

    @Override
    public void seen(Reference repository, Digest blob) {
      seen.computeIfAbsent(repository.name(), _ -> ConcurrentHashMap.newKeySet()).add(blob);
    }

    @Override
    public void forget(Reference repository) {
      seen.remove(repository.name());
    }

    @Override
    public Optional<HttpUrl> upload(Reference repository, Digest blob) {
      return Optional.empty();
    }

    @Override
    public void uploading(Reference repository, Digest blob, HttpUrl location) {}

    @Override
    public void uploaded(Reference repository, Digest blob) {}
  }
}
