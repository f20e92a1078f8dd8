package dev.cairn.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A registry in this process that everybody may read: plain http on the loopback address, filled by
 * the tests. It is not our own one, so that the client side is not judged by our server side.
 */
final class TestRegistry implements AutoCloseable {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  private final HttpServer server;
  private final Path directory;
  private final Map<String, Path> blobs = new ConcurrentHashMap<>();
  private final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
  private final Semaphore held = new Semaphore(0);
  private volatile CountDownLatch gate = new CountDownLatch(0);

  private TestRegistry(HttpServer server, Path directory) {
    this.server = server;
    this.directory = directory;
  }

  /** Starts one that keeps its blobs below the directory. */
  static TestRegistry start(Path directory) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    Files.createDirectories(directory);
    var registry = new TestRegistry(server, directory);
    server.createContext("/v2/", registry::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return registry;
  }

  /** Host and port, as in an image reference. */
  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /**
   * Adds an image.
   *
   * @param repository and {@code latest} are its name
   * @param config the member {@code config} of its configuration
   * @param layers gzip files
   * @return the manifest digest
   */
  String add(String repository, Map<String, Object> config, List<Path> layers) throws IOException {
    List<String> diffIds = new ArrayList<>();
    List<Object> descriptors = new ArrayList<>();
    for (Path layer : layers) {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(layer), 1 << 16)) {
        diffIds.add(digest(in));
      }
      descriptors.add(
          descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer, Files.size(layer)));
    }
    byte[] image =
        JSON.writeValueAsBytes(
            Map.of(
                "architecture",
                architecture(),
                "os",
                "linux",
                "created",
                "1970-01-01T00:00:00Z",
                "config",
                config,
                "rootfs",
                Map.of("type", "layers", "diff_ids", diffIds),
                "history",
                layers.stream()
                    .map(each -> Map.of("created", "1970-01-01T00:00:00Z", "created_by", "tests"))
                    .toList()));
    Path file = Files.write(Files.createTempFile(directory, "config", ".json"), image);
    byte[] manifest =
        JSON.writeValueAsBytes(
            Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MANIFEST,
                "config",
                descriptor("application/vnd.oci.image.config.v1+json", file, image.length),
                "layers",
                descriptors));
    String digest = "sha256:" + HexFormat.of().formatHex(sha256().digest(manifest));
    manifests.put(repository + "@" + digest, manifest);
    manifests.put(repository + "@latest", manifest);
    return digest;
  }

  /** Gives what was added last under a name a second one. */
  void rename(String repository, String second) {
    byte[] manifest = manifests.get(repository + "@latest");
    if (manifest == null) {
      throw new AssertionError("nothing was added as " + repository);
    }
    manifests.put(second + "@" + latest(repository), manifest);
    manifests.put(second + "@latest", manifest);
  }

  /** The manifest digest of what was added last under the name. */
  String latest(String repository) {
    byte[] manifest = manifests.get(repository + "@latest");
    if (manifest == null) {
      throw new AssertionError("nothing was added as " + repository);
    }
    return "sha256:" + HexFormat.of().formatHex(sha256().digest(manifest));
  }

  private static String architecture() {
    String name = System.getProperty("os.arch");
    return name.equals("aarch64") ? "arm64" : name;
  }

  private Map<String, Object> descriptor(String mediaType, Path file, long size)
      throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String digest = digest(in);
      blobs.put(digest, file);
      return Map.of("mediaType", mediaType, "digest", digest, "size", size);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String digest(InputStream in) throws IOException {
    MessageDigest digest = sha256();
    try (var counted = new DigestInputStream(in, digest)) {
      byte[] buffer = new byte[1 << 16];
      while (counted.read(buffer) >= 0) {
        // Only the digest is wanted.
      }
    }
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }

  private void answer(HttpExchange exchange) {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring("/v2/".length());
      boolean body = exchange.getRequestMethod().equals("GET");
      if (path.isEmpty()) {
        send(exchange, 200, new byte[0], body);
        return;
      }
      String[] parts = path.split("/(?=manifests/|blobs/)", 2);
      String last = path.substring(path.lastIndexOf('/') + 1);
      if (parts.length == 2 && parts[1].startsWith("manifests/")) {
        manifest(exchange, parts[0] + "@" + last, body);
      } else if (parts.length == 2 && blobs.containsKey(last)) {
        blob(exchange, last, body);
      } else {
        send(exchange, 404, "{\"errors\":[]}".getBytes(StandardCharsets.UTF_8), body);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void manifest(HttpExchange exchange, String key, boolean body) throws IOException {
    byte[] manifest = manifests.get(key);
    if (manifest == null) {
      byte[] error =
          "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"?\"}]}"
              .getBytes(StandardCharsets.UTF_8);
      send(exchange, 404, error, body);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", MANIFEST);
    exchange
        .getResponseHeaders()
        .set(
            "Docker-Content-Digest",
            "sha256:" + HexFormat.of().formatHex(sha256().digest(manifest)));
    send(exchange, 200, manifest, body);
  }

  /** Blobs are sent only when the latch is open. */
  void hold(CountDownLatch latch) {
    gate = latch;
  }

  /** Waits until a blob is held back. */
  void awaitHeld() throws InterruptedException {
    if (!held.tryAcquire(1, TimeUnit.MINUTES)) {
      throw new AssertionError("no blob was asked for");
    }
  }

  private void blob(HttpExchange exchange, String digest, boolean body) throws IOException {
    Path file = blobs.get(digest);
    if (gate.getCount() > 0) {
      held.release();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
    if (!body) {
      exchange.getResponseHeaders().set("Content-Length", Long.toString(Files.size(file)));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, Files.size(file));
    Files.copy(file, exchange.getResponseBody());
  }

  private static void send(HttpExchange exchange, int status, byte[] body, boolean withBody)
      throws IOException {
    if (!withBody) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
    }
    exchange.sendResponseHeaders(status, withBody && body.length > 0 ? body.length : -1);
    if (withBody && body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
