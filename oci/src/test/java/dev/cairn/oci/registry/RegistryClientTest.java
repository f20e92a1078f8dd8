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
import dev.cairn.oci.registry.RegistryException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
    fetcher = new HttpFetcher(FetchSettings.of(AddressPolicy.allowing(List.of(address))));
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
  void continuesABrokenPushInChunks() throws IOException {
    var stored = new ByteArrayOutputStream();
    route = (exchange, body) -> upload(exchange, body, stored, true);
    client().pushBlob(repository, layer, BlobSource.of(LAYER));
    assertThat(stored.toByteArray()).isEqualTo(LAYER);
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
