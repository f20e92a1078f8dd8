package dev.cairn.server;

import dev.cairn.build.TenantId;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.http.AddressPolicy;
import dev.cairn.oci.http.FetchSettings;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryCredentials;
import dev.cairn.oci.registry.RegistrySettings;
import dev.cairn.server.cairn.CairnDialect;
import dev.cairn.server.cairn.Feature;
import dev.cairn.server.http.Dialect;
import dev.cairn.server.http.HttpOptions;
import dev.cairn.server.http.HttpServer;
import dev.cairn.server.http.Listener;
import dev.cairn.server.hypeman.HypemanDialect;
import dev.cairn.server.hypeman.HypemanOptions;
import dev.cairn.server.registry.RegistryDialect;
import dev.cairn.service.Right;
import dev.cairn.service.assembly.CairnService;
import dev.cairn.service.assembly.ServiceSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real service on a database file, with all dialects, and a builder that only pretends. */
public final class RealServer implements AutoCloseable {
  /** A token's text and id. */
  public record Login(String text, String id) {}

  /** Short waits, so that tests are. */
  private static final HypemanOptions HYPEMAN =
      new HypemanOptions(
          Optional.of("registry.test:5000"),
          false,
          2 << 20,
          Duration.ofHours(1),
          Duration.ofMillis(200));

  private final Path memory;
  private final CairnService service;
  private final FakeBuilder builder;
  private final FakePublisher publisher = new FakePublisher();
  private final List<Dialect> dialects;
  private final HttpServer http;
  private final HttpFetcher fetcher;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Starts everything in a directory, with a TCP and a Unix listener. */
  public RealServer(Path directory) throws IOException {
    this(directory, Set.of());
  }

  /** The same; it may pull from these hosts of this machine, without TLS. */
  public RealServer(Path directory, Set<String> registries) throws IOException {
    memory = Files.createTempDirectory(Path.of("/dev/shm"), "cairn-server-test");
    BlobStore blobs = new LocalBlobStore(directory.resolve("blobs"));
    var metrics = new PrometheusMetrics();
    service =
        new CairnService(
            ServiceSettings.of(directory.resolve("data"), memory),
            blobs,
            Optional.empty(),
            Clock.systemUTC(),
            metrics);
    builder = new FakeBuilder(blobs);
    service.start(builder, publisher);
    fetcher =
        new HttpFetcher(
            FetchSettings.of(
                AddressPolicy.allowing(
                    registries.stream().map(host -> host.replace(":", "/32:")).toList())));
    service.startPulls(
        new RegistryClient(
            fetcher,
            new RegistrySettings(
                registries.stream()
                    .collect(
                        Collectors.toMap(RegistryHost::new, host -> RegistrySettings.Host.plain())),
                2,
                Duration.ofMillis(10)),
            RegistryCredentials.NONE));
    dialects =
        List.of(
            new CairnDialect(
                new CairnDialect.Building(
                    service.builds(),
                    service.events(),
                    service.contexts(),
                    service.blobs(),
                    service.images(),
                    service.builders(),
                    service.namedImages()),
                new CairnDialect.Accounts(
                    service.tenants(), service.tokens(), service.tenantSecrets(), service.audit()),
                new CairnDialect.Registries(service.pushes(), service.logins()),
                blobs,
                new CairnDialect.Upkeep(() -> Map.of("builder", "fake 1"), service.collector()),
                EnumSet.of(Feature.ADDED_FILES, Feature.DESTINATIONS)),
            new HypemanDialect(
                new HypemanDialect.Facades(
                    service.builds(),
                    service.events(),
                    service.contexts(),
                    service.builders(),
                    service.namedImages(),
                    service.images(),
                    service.pushes()),
                service.contexts()::open,
                HYPEMAN),
            new RegistryDialect(
                new RegistryDialect.Content(
                    service.images(), service.repositoryBlobs(), service.referrers()),
                service.tokens(),
                Optional.empty()),
            new SystemDialect(metrics));
    http =
        HttpServer.start(
            List.of(
                new Listener.Tcp("127.0.0.1", 0), new Listener.Unix(directory.resolve("socket"))),
            dialects,
            service.tokens(),
            metrics,
            HttpOptions.DEFAULT);
  }

  /** The service behind it. */
  public CairnService service() {
    return service;
  }

  /** What builds the images. */
  public FakeBuilder builder() {
    return builder;
  }

  /** What pushes to nowhere. */
  public FakePublisher publisher() {
    return publisher;
  }

  /** The dialects that are served. */
  public List<Dialect> dialects() {
    return dialects;
  }

  /** The TCP port. */
  public int port() {
    return http.port(0);
  }

  /** A token of the tenant, which is made if it is new, with the ordinary rights. */
  public String token(String tenant) {
    return login(tenant, Right.ordinary()).text();
  }

  /** A token of the tenant with exactly these rights. */
  public Login login(String tenant, Set<Right> rights) {
    var id = new TenantId(tenant);
    service.tenants().ensure(id);
    var issued = service.tokens().issue(id, "test", rights, Optional.empty());
    return new Login(issued.text(), issued.token().id());
  }

  /** A request that is still to get its method. */
  public HttpRequest.Builder to(String path, String token) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .header("Authorization", "Bearer " + token);
  }

  /** Sends a request. */
  public HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** Sends a request whose answer is bytes. */
  public HttpResponse<byte[]> bytes(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  /** Sends a GET. */
  public HttpResponse<String> get(String path, String token)
      throws IOException, InterruptedException {
    return send(to(path, token));
  }

  /** Sends a body with a method. */
  public HttpResponse<String> send(String method, String path, String token, byte[] body)
      throws IOException, InterruptedException {
    return send(to(path, token).method(method, BodyPublishers.ofByteArray(body)));
  }

  /** Sends JSON with a method. */
  public HttpResponse<String> json(String method, String path, String token, String body)
      throws IOException, InterruptedException {
    return send(
        to(path, token)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body)));
  }

  /** The answer's JSON. */
  public static JsonNode tree(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }

  /** Creates a build on the own API and waits for its end; its id. */
  public String finishedBuild(String token) throws IOException, InterruptedException {
    var created =
        json(
            "POST",
            "/api/v1/builds",
            token,
            "{\"recipe\":{\"dockerfile\":{\"text\":\"FROM scratch\\n\"}},"
                + "\"outputs\":{\"names\":[\"app:1\"]}}");
    if (created.statusCode() != 202) {
      throw new AssertionError(created.body());
    }
    String id = tree(created).path("id").asString("");
    get("/api/v1/builds/" + id + "/events", token);
    return id;
  }

  @Override
  public void close() throws IOException {
    http.close();
    service.close();
    fetcher.close();
    try (var files = Files.walk(memory)) {
      files.sorted(Comparator.reverseOrder()).forEach(RealServer::delete);
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
