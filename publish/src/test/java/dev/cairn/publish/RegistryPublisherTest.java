package dev.cairn.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Inputs;
import dev.cairn.build.Limits;
import dev.cairn.build.Origin;
import dev.cairn.build.Outputs;
import dev.cairn.build.Phase;
import dev.cairn.build.Recipe;
import dev.cairn.build.Schedule;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Index;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.http.AddressPolicy;
import dev.cairn.oci.http.FetchSettings;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.registry.Credential;
import dev.cairn.oci.registry.RegistrySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
  private final Recorder sink = new Recorder();
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

    publish(image, false);

    assertThat(registry.blobs).hasSize(3);
    assertThat(registry.manifests).containsOnlyKeys("v1");
    assertThat(registry.order.getLast()).isEqualTo("manifest v1");
    assertThat(sink.phases).containsExactly(Phase.PUBLISH);
    assertThat(sink.events).filteredOn(BuildEvent.Progress.class::isInstance).hasSize(4);
  }

  @Test
  void sendsNothingThatIsThere() throws Exception {
    Descriptor image = image("one", "two");
    publish(image, false);
    registry.order.clear();

    publish(image, false);

    assertThat(registry.order).containsExactly("manifest v1");
  }

  @Test
  void pushesInnerManifestsByDigestBeforeTheIndex() throws Exception {
    Descriptor inner = image("one");
    byte[] bytes = Index.oci(List.of(inner)).toBytes();
    store.put(bytes);

    publish(Descriptor.of(MediaType.OCI_INDEX, bytes), false);

    assertThat(registry.order).endsWith("manifest " + inner.digest(), "manifest v1");
  }

  @Test
  void usesPlainHttpWhereTheRequestAllowsIt() throws Exception {
    Descriptor image = image("one");

    publisher(RegistrySettings.DEFAULT.withHosts(Map.of()))
        .publish(job(), result(image), new Outputs.Destination(destination(), true), sink);

    assertThat(registry.manifests).containsOnlyKeys("v1");
  }

  @Test
  void triesAgainAndSaysSo() throws Exception {
    registry.failures.set(1);

    publish(image("one"), false);

    assertThat(registry.manifests).containsOnlyKeys("v1");
    assertThat(sink.events).anyMatch(BuildEvent.Retry.class::isInstance);
  }

  @Test
  void namesRegistryRepositoryAndReason() {
    registry.denied = true;

    assertThatThrownBy(() -> publish(image("one"), false))
        .isInstanceOfSatisfying(
            BuildException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CREDENTIAL))
        .hasMessageContaining(destination().name());
  }

  @Test
  void missingBlobsOfOursArePublishErrors() {
    var gone = Descriptor.of(MediaType.OCI_MANIFEST, new byte[] {1});

    assertThatThrownBy(() -> publish(gone, false))
        .isInstanceOfSatisfying(
            BuildException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.PUBLISH));
  }

  private void publish(Descriptor image, boolean insecure) throws InterruptedException {
    var settings =
        new RegistrySettings(
            Map.of(host(), RegistrySettings.Host.plain()), 1, Duration.ofMillis(1));
    publisher(settings)
        .publish(job(), result(image), new Outputs.Destination(destination(), insecure), sink);
  }

  private RegistryPublisher publisher(RegistrySettings settings) {
    return new RegistryPublisher(
        http,
        settings,
        store,
        (job, host, repository, purpose) -> Optional.of(new Credential.Basic("user", "secret")));
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

  private static BuildResult result(Descriptor image) {
    return new BuildResult(
        image,
        List.of(image),
        Set.of(),
        List.of(),
        Optional.empty(),
        "native",
        "runc",
        new BuildResult.Usage(0, 0, 0, 0, Map.of()),
        Optional.empty());
  }

  private static BuildJob job() {
    var tenant = new TenantId("t");
    var request =
        new BuildRequest(
            tenant,
            new Origin("cairn", Optional.empty(), "a", "api", Optional.empty()),
            Map.of(),
            Map.of(),
            new Recipe.Steps(Optional.empty(), List.of(), List.of(), Recipe.RunOptions.DEFAULT),
            CacheOptions.of(CacheScope.of(tenant, "default")),
            Inputs.NONE,
            Outputs.DEFAULT,
            Limits.DEFAULT,
            Schedule.DEFAULT);
    return new BuildJob(new BuildId(1, 1), 1, request, Limits.DEFAULT, Instant.EPOCH);
  }

  /** The push routes of a registry. */
  private static final class Registry {
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean denied;

    void answer(HttpExchange exchange) throws IOException {
      try (exchange) {
        byte[] body = exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(status(exchange, body), -1);
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
        case "HEAD" -> blobs.containsKey(last) ? 200 : 404;
        case "POST" -> {
          exchange.getResponseHeaders().add("Location", path + "1");
          yield 202;
        }
        case "PUT" -> {
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

  private static final class Recorder implements BuildSink {
    private final List<BuildEvent.Body> events = Collections.synchronizedList(new ArrayList<>());
    private final List<Phase> phases = new ArrayList<>();

    @Override
    public void event(BuildEvent.Body body) {
      events.add(body);
    }

    @Override
    public void phase(Phase phase) {
      phases.add(phase);
    }

    @Override
    public void layerFinished(Descriptor layer) {}

    @Override
    public void material(BuildResult.Material material) {}
  }
}
