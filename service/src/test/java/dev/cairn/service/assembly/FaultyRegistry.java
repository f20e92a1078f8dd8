package dev.cairn.service.assembly;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A registry whose faults the test chooses; it remembers what it was asked. */
final class FaultyRegistry implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();

  /** Every request as {@code METHOD path}, with {@code +login} if it carried one. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** The status that every request gets; 0 for none. */
  volatile int refusing;

  /** Whether it wants a login. */
  volatile boolean isPrivate;

  /** Whether blobs come with a byte changed. */
  volatile boolean lying;

  /** If there is one, a blob stops in its middle until it is open. */
  volatile Optional<CountDownLatch> gate = Optional.empty();

  FaultyRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext("/v2/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** An image of one layer under a name and tag. */
  Manifest add(String repository, String tag, byte[] layer) {
    byte[] config = ("{\"author\":\"" + tag + "\"}").getBytes(StandardCharsets.UTF_8);
    var manifest =
        Manifest.oci(
            Descriptor.of(MediaType.OCI_CONFIG, config),
            List.of(Descriptor.of(MediaType.OCI_LAYER, layer)));
    byte[] bytes = manifest.toBytes();
    blobs.put(Digest.sha256(config).toString(), config);
    blobs.put(Digest.sha256(layer).toString(), layer);
    manifests.put(repository + "@" + tag, bytes);
    manifests.put(repository + "@" + Digest.sha256(bytes), bytes);
    return manifest;
  }

  /** Names a blob in a manifest without having it. */
  void lose(Digest blob) {
    blobs.remove(blob.toString());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring("/v2/".length());
      boolean login = exchange.getRequestHeaders().containsKey("Authorization");
      asked.add(exchange.getRequestMethod() + " " + path + (login ? " +login" : ""));
      if (refusing != 0) {
        exchange.sendResponseHeaders(refusing, -1);
        return;
      }
      if (isPrivate && !login) {
        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"test\"");
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      boolean manifest = path.contains("/manifests/");
      byte[] found =
          manifest
              ? manifests.get(path.replace("/manifests/", "@"))
              : blobs.get(path.substring(path.lastIndexOf('/') + 1));
      if (found == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      if (manifest) {
        exchange.getResponseHeaders().add("Content-Type", MediaType.OCI_MANIFEST.value());
        exchange.getResponseHeaders().add("Docker-Content-Digest", Digest.sha256(found).toString());
      }
      send(exchange, found, manifest);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(HttpExchange exchange, byte[] found, boolean manifest)
      throws IOException, InterruptedException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().add("Content-Length", String.valueOf(found.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    byte[] bytes = found.clone();
    if (!manifest && lying) {
      bytes[bytes.length - 1]++;
    }
    exchange.sendResponseHeaders(200, bytes.length);
    var out = exchange.getResponseBody();
    int half = bytes.length / 2;
    out.write(bytes, 0, half);
    out.flush();
    if (!manifest && gate.isPresent() && !gate.get().await(30, TimeUnit.SECONDS)) {
      throw new IOException("the test forgot the gate");
    }
    out.write(bytes, half, bytes.length - half);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
