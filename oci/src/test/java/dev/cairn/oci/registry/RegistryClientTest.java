package dev.cairn.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Index;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Platform;
import dev.cairn.oci.Reference;
import dev.cairn.oci.http.AddressPolicy;
import dev.cairn.oci.http.FetchSettings;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.http.HttpUrl;
import dev.cairn.oci.registry.RegistryException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryClientTest {

  private static final byte[] LAYER =
      "0123456789".repeat(10_000).getBytes(StandardCharsets.US_ASCII);

  /** One route's answer; {@code body} is what was sent. */
  private interface Route {
    void answer(HttpExchange exchange, byte[] body) throws IOException;
  }

  private final Descriptor layer = Descriptor.of(MediaType.OCI_LAYER_GZIP, LAYER);
  private final List<String> requests = new CopyOnWriteArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private HttpServer server;

  @SuppressWarnings("NullAway.Init")
  private HttpFetcher fetcher;

  @SuppressWarnings("NullAway.Init")
  private Reference repository;

  private Route route = (exchange, body) -> send(exchange, 404, "");

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          requests.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange
                      .getRequestHeaders()
                      .getOrDefault("Authorization", List.of("-"))
                      .getFirst());
          try (exchange) {
            route.answer(exchange, exchange.getRequestBody().readAllBytes());
          }
        });
    server.start();
    String address = "127.0.0.1:" + server.getAddress().getPort();
    fetcher =
        new HttpFetcher(
            FetchSettings.of(
                AddressPolicy.allowing(
                    List.of(address, "[::1]:" + server.getAddress().getPort()))));
    repository = Reference.parse(address + "/a/b:1");
  }

  @AfterEach
  void stop() {
    fetcher.close();
    server.stop(0);
  }

  @Test
  void resolvesThroughAnIndex() throws IOException {
    var manifest =
        Manifest.oci(Descriptor.of(MediaType.OCI_CONFIG, new byte[] {1}), List.of(layer));
    byte[] bytes = manifest.toBytes();
    var entry = Descriptor.of(MediaType.OCI_MANIFEST, bytes).withPlatform(Platform.LINUX_ARM64);
    byte[] index = Index.oci(List.of(entry)).toBytes();
    route =
        (exchange, body) -> {
          boolean root = exchange.getRequestURI().getPath().endsWith("/1");
          exchange
              .getResponseHeaders()
              .set("Content-Type", (root ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST).value());
          send(exchange, 200, new String(root ? index : bytes, StandardCharsets.UTF_8));
        };
    var resolved = client().resolve(repository, Platform.LINUX_ARM64);
    assertThat(resolved.document()).isEqualTo(manifest);
    assertThat(resolved.reference().digest())
        .contains(Descriptor.of(MediaType.OCI_INDEX, index).digest());
    assertThatThrownBy(() -> client().resolve(repository, Platform.LINUX_AMD64))
        .isInstanceOfSatisfying(
            RegistryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
        .hasMessageContaining("linux/arm64");
  }

  @Test
  void refusesAManifestWithAnotherDigest() {
    route =
        (exchange, body) ->
            send(exchange, 200, new String(Index.oci(List.of()).toBytes(), StandardCharsets.UTF_8));
    refuses(Kind.INVALID, () -> client().manifest(repository.withDigest(layer.digest())));
  }

  @Test
  void refusesATooLargeManifest() {
    route = (exchange, body) -> send(exchange, 200, " ".repeat(4 * 1024 * 1024 + 1));
    refuses(Kind.TOO_LARGE, () -> client().manifest(repository));
  }

  @Test
  void refusesBlobsThatAreLongerShorterOrDifferent() {
    String text = new String(LAYER, StandardCharsets.US_ASCII);
    for (String served : List.of(text + "x", text.substring(1), "x" + text.substring(1))) {
      route = (exchange, body) -> send(exchange, 200, served);
      refuses(Kind.INVALID, () -> client().blob(repository, layer).readAllBytes());
    }
    route = (exchange, body) -> chunked(exchange, text + "x");
    refuses(Kind.INVALID, () -> client().blob(repository, layer).readAllBytes());
  }

  @Test
  void continuesABrokenBlob() throws IOException {
    route =
        (exchange, body) -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
          exchange
              .getResponseHeaders()
              .set("Content-Range", "bytes " + from + "-" + (LAYER.length - 1) + "/*");
          exchange.sendResponseHeaders(range == null ? 200 : 206, LAYER.length - from);
          int to = from < 60_000 ? from + 30_000 : LAYER.length;
          exchange.getResponseBody().write(LAYER, from, to - from);
          exchange.getResponseBody().flush();
          if (to < LAYER.length) {
            throw new IOException("cut");
          }
        };
    try (var in = client().blob(repository, layer)) {
      assertThat(in.readAllBytes()).isEqualTo(LAYER);
    }
    assertThat(requests).hasSize(3);
  }

  @Test
  void triesAgainAfterTransientFailures() throws IOException {
    route = (exchange, body) -> send(exchange, requests.size() < 3 ? 503 : 200, "");
    assertThat(client().blobExists(repository, layer.digest())).isTrue();
    route =
        (exchange, body) ->
            send(
                exchange,
                429,
                "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow\\n\"}]}");
    assertThatThrownBy(() -> client().manifest(repository))
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.retryable()).isTrue())
        .hasMessageContaining("TOOMANYREQUESTS: slow?");
  }

  @Test
  void asksForATokenOnceAndKeepsIt() throws IOException {
    route =
        (exchange, body) -> {
          if (exchange.getRequestURI().getPath().equals("/token")) {
            send(exchange, 200, "{\"token\":\"tok\",\"expires_in\":300}");
          } else if ("Bearer tok".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, 200, "");
          } else {
            String realm = "http://" + repository.registry() + "/token";
            exchange
                .getResponseHeaders()
                .set(
                    "WWW-Authenticate", "Bearer realm=\"" + realm + "\",service=\"s\",scope=\"*\"");
            send(exchange, 401, "");
          }
        };
    var login = RegistryCredentials.of(repository.registry(), new Credential.Basic("user", "pass"));
    var client = client().withCredentials(login);
    assertThat(client.blobExists(repository, layer.digest())).isTrue();
    assertThat(client.blobExists(repository, layer.digest())).isTrue();
    assertThat(requests).hasSize(4);
    assertThat(requests.get(1))
        .isEqualTo("GET /token?service=s&scope=repository:a/b:pull Basic dXNlcjpwYXNz");
    assertThat(
            client.withCredentials(RegistryCredentials.NONE).blobExists(repository, layer.digest()))
        .isTrue();
    assertThat(requests.get(4)).endsWith(" -");
    assertThat(login.toString() + new Credential.Basic("user", "pass")).isEqualTo("******");
  }

  @Test
  void refusesATokenServiceInside() {
    route =
        (exchange, body) -> {
          exchange
              .getResponseHeaders()
              .set("WWW-Authenticate", "Bearer realm=\"http://169.254.169.254/token\"");
          send(exchange, 401, "");
        };
    refuses(Kind.ADDRESS_REFUSED, () -> client().manifest(repository));
  }

  @Test
  void pushesAsOneStream() throws IOException {
    var stored = new ByteArrayOutputStream();
    route = (exchange, body) -> upload(exchange, body, stored, false);
    client().pushBlob(repository, layer, BlobSource.of(LAYER));
    assertThat(stored.toByteArray()).isEqualTo(LAYER);
    assertThat(requests).hasSize(3);
  }

  @Test
  void sendsALargeBlobInPiecesAndTakesUpWhatTheRegistryHas() throws IOException {
    var stored = new ByteArrayOutputStream();
    route = (exchange, body) -> upload(exchange, body, stored, false);
    inPieces(30_000).pushBlob(repository, layer, BlobSource.of(LAYER));
    assertThat(stored.toByteArray()).isEqualTo(LAYER);
    assertThat(requests).filteredOn(r -> r.startsWith("PATCH")).hasSizeBetween(4, 5);
  }

  @Test
  void continuesAnUploadThatIsRemembered() throws IOException {
    var stored = new ByteArrayOutputStream();
    var memory = new Remembering();
    route =
        (exchange, body) -> {
          if (stored.size() >= 60_000) {
            exchange.sendResponseHeaders(403, -1);
          } else {
            upload(exchange, body, stored, false);
          }
        };
    refuses(
        Kind.DENIED,
        () -> inPieces(30_000).upload(repository, layer, BlobSource.of(LAYER), memory));
    int before = stored.size();
    assertThat(memory.begun()).isPresent();
    requests.clear();
    List<Long> offsets = new CopyOnWriteArrayList<>();
    route = (exchange, body) -> upload(exchange, body, stored, false);

    inPieces(30_000)
        .upload(
            repository,
            layer,
            offset -> {
              offsets.add(offset);
              return BlobSource.of(LAYER).open(offset);
            },
            memory);

    assertThat(stored.toByteArray()).isEqualTo(LAYER);
    assertThat(offsets.getFirst()).isEqualTo(before);
    assertThat(requests).noneMatch(r -> r.startsWith("POST"));
    assertThat(memory.begun()).isEmpty();
  }

  @Test
  void beginsAnewWhatTheRegistryForgot() throws IOException {
    var stored = new ByteArrayOutputStream();
    var memory = new Remembering();
    memory.continuesAt(
        HttpUrl.parse("http://" + repository.registry() + "/v2/a/b/blobs/uploads/gone"));
    route =
        (exchange, body) -> {
          if (exchange.getRequestURI().getPath().endsWith("/gone")) {
            exchange.sendResponseHeaders(404, -1);
          } else {
            upload(exchange, body, stored, false);
          }
        };
    inPieces(30_000).upload(repository, layer, BlobSource.of(LAYER), memory);
    assertThat(stored.toByteArray()).isEqualTo(LAYER);
  }

  @Test
  void sendsTheWholeToARegistryThatTakesNoPieces() throws IOException {
    var stored = new ByteArrayOutputStream();
    route =
        (exchange, body) -> {
          if (exchange.getRequestMethod().equals("PATCH")) {
            exchange.sendResponseHeaders(405, -1);
          } else {
            upload(exchange, body, stored, false);
          }
        };
    inPieces(30_000).pushBlob(repository, layer, BlobSource.of(LAYER));
    assertThat(stored.toByteArray()).isEqualTo(LAYER);
  }

  @Test
  void endsWithARegistryThatTakesNothingForEver() {
    route =
        (exchange, body) -> {
          exchange.getResponseHeaders().set("Location", "/v2/a/b/blobs/uploads/1");
          exchange.getResponseHeaders().set("Range", "0-0");
          exchange.sendResponseHeaders(
              exchange.getRequestMethod().equals("HEAD")
                  ? 404
                  : exchange.getRequestMethod().equals("PUT") ? 400 : 202,
              -1);
        };
    refuses(Kind.INVALID, () -> inPieces(30_000).pushBlob(repository, layer, BlobSource.of(LAYER)));
  }

  @Test
  void doesNotSendAgainABlobWhoseAnswerWasLost() throws IOException {
    var stored = new ByteArrayOutputStream();
    route =
        (exchange, body) -> {
          switch (exchange.getRequestMethod()) {
            case "HEAD" -> exchange.sendResponseHeaders(stored.size() > 0 ? 200 : 404, -1);
            case "PUT" -> {
              stored.writeBytes(body);
              exchange.sendResponseHeaders(502, -1);
            }
            default -> upload(exchange, body, stored, false);
          }
        };
    client().pushBlob(repository, layer, BlobSource.of(LAYER));
    assertThat(stored.toByteArray()).isEqualTo(LAYER);
  }

  @Test
  void takesAConnectionThatBreaksInTheHandshakeForBrokenAndNotForUntrusted() throws IOException {
    try (var cutting = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            while (!cutting.isClosed()) {
              try {
                cutting.accept().close();
              } catch (IOException e) {
                return;
              }
            }
          });
      String address = "127.0.0.1:" + cutting.getLocalPort();
      try (var own = new HttpFetcher(FetchSettings.of(AddressPolicy.allowing(List.of(address))))) {
        var client =
            new RegistryClient(
                own, new RegistrySettings(Map.of(), 1, Duration.ZERO), RegistryCredentials.NONE);
        assertThatThrownBy(
                () -> client.blobExists(Reference.parse(address + "/a/b"), layer.digest()))
            .isInstanceOfSatisfying(
                RegistryException.class, e -> assertThat(e.retryable()).isTrue());
      }
    }
  }

  @Test
  void tellsHowLongTheRegistryAskedToBeLeftAlone() {
    route =
        (exchange, body) -> {
          exchange.getResponseHeaders().set("Retry-After", "7");
          send(exchange, 429, "");
        };
    var once =
        new RegistryClient(
            fetcher,
            new RegistrySettings(
                Map.of(repository.registry(), RegistrySettings.Host.plain()), 1, Duration.ZERO),
            RegistryCredentials.NONE);
    assertThatThrownBy(() -> once.pushBlob(repository, layer, BlobSource.of(LAYER)))
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(7)));
  }

  @Test
  void keepsTheLoginFromAnUploadElsewhere() throws IOException {
    String elsewhere = "http://localhost:" + server.getAddress().getPort();
    var stored = new ByteArrayOutputStream();
    route =
        (exchange, body) -> {
          boolean home = exchange.getRequestHeaders().getFirst("Host").startsWith("127.0.0.1");
          if (home && exchange.getRequestHeaders().getFirst("Authorization") == null) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"r\"");
            exchange.sendResponseHeaders(401, -1);
          } else if (exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Location", elsewhere + "/upload/1");
            exchange.sendResponseHeaders(202, -1);
          } else {
            upload(exchange, body, stored, false);
          }
        };
    var login = RegistryCredentials.of(repository.registry(), new Credential.Basic("user", "pass"));
    client().withCredentials(login).pushBlob(repository, layer, BlobSource.of(LAYER));
    assertThat(stored.toByteArray()).isEqualTo(LAYER);
    assertThat(requests).filteredOn(r -> r.contains("/upload/1")).isNotEmpty();
    assertThat(requests).filteredOn(r -> r.contains("/upload/1")).allMatch(r -> r.endsWith(" -"));
    assertThat(requests).anyMatch(r -> r.endsWith(" Basic dXNlcjpwYXNz"));
  }

  @Test
  void sendsNoBlobToAnAddressInside() {
    route =
        (exchange, body) -> {
          if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(404, -1);
          } else {
            exchange.getResponseHeaders().set("Location", "http://169.254.169.254/latest");
            exchange.sendResponseHeaders(202, -1);
          }
        };
    refuses(Kind.ADDRESS_REFUSED, () -> client().pushBlob(repository, layer, BlobSource.of(LAYER)));
  }

  private RegistryClient inPieces(long bytes) {
    var hosts = Map.of(repository.registry(), RegistrySettings.Host.plain());
    return new RegistryClient(
        fetcher,
        new RegistrySettings(hosts, 4, Duration.ofMillis(1)).withPieceBytes(bytes),
        RegistryCredentials.NONE);
  }

  private static final class Remembering implements UploadMemory {
    private Optional<HttpUrl> place = Optional.empty();

    @Override
    public Optional<HttpUrl> begun() {
      return place;
    }

    @Override
    public void continuesAt(HttpUrl location) {
      place = Optional.of(location);
    }

    @Override
    public void over() {
      place = Optional.empty();
    }
  }

  @Test
  void listsTagsOverPagesOfTheSameHostOnly() throws IOException {
    route =
        (exchange, body) -> {
          boolean last = exchange.getRequestURI().getQuery().contains("last");
          if (!last) {
            exchange.getResponseHeaders().set("Link", "</v2/a/b/tags/list?last=x>; rel=\"next\"");
          }
          send(exchange, 200, "{\"tags\":[\"" + (last ? "z" : "x") + "\"]}");
        };
    assertThat(client().tags(repository)).hasToString("[x, z]");
    route =
        (exchange, body) -> {
          exchange.getResponseHeaders().set("Link", "<http://169.254.169.254/>; rel=next");
          send(exchange, 200, "{\"tags\":[]}");
        };
    refuses(Kind.INVALID, () -> client().tags(repository));
  }

  /**
   * Knows POST, PUT, PATCH and GET of one upload; the first PUT with a body fails if {@code
   * breaking}.
   */
  private static void upload(
      HttpExchange exchange, byte[] body, ByteArrayOutputStream stored, boolean breaking)
      throws IOException {
    String place = "/v2/a/b/blobs/uploads/1?state=x";
    switch (exchange.getRequestMethod()) {
      case "HEAD" -> exchange.sendResponseHeaders(404, -1);
      case "POST" -> {
        stored.reset();
        exchange.getResponseHeaders().set("Location", place);
        exchange.sendResponseHeaders(202, -1);
      }
      case "PATCH" -> {
        int from =
            Integer.parseInt(exchange.getRequestHeaders().getFirst("Content-Range").split("-")[0]);
        // Takes less than it was sent, once.
        byte[] taken = from == 0 ? Arrays.copyOf(body, body.length / 2) : body;
        stored.writeBytes(taken);
        exchange.getResponseHeaders().set("Location", place);
        exchange.getResponseHeaders().set("Range", "0-" + (stored.size() - 1));
        exchange.sendResponseHeaders(202, -1);
      }
      case "GET" -> {
        exchange.getResponseHeaders().set("Location", place);
        exchange.getResponseHeaders().set("Range", "0-" + (stored.size() - 1));
        exchange.sendResponseHeaders(204, -1);
      }
      case "PUT" -> {
        if (breaking && body.length > 0) {
          exchange.sendResponseHeaders(502, -1);
        } else {
          stored.writeBytes(body);
          exchange.sendResponseHeaders(201, -1);
        }
      }
      default -> exchange.sendResponseHeaders(405, -1);
    }
  }

  private RegistryClient client() {
    var hosts = Map.of(repository.registry(), RegistrySettings.Host.plain());
    return new RegistryClient(
        fetcher, new RegistrySettings(hosts, 4, Duration.ofMillis(1)), RegistryCredentials.NONE);
  }

  private static void refuses(Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RegistryException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    boolean empty = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, empty ? -1 : bytes.length);
    if (!empty) {
      exchange.getResponseBody().write(bytes);
    }
  }

  private static void chunked(HttpExchange exchange, String text) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
  }
}
