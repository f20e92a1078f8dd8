package dev.cairn.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cairn.oci.ContainerConfig;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.History;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

/** Another registry: a few images that anybody, or who knows the password, may pull. */
public final class PublicRegistry implements AutoCloseable {
  private final HttpServer http;
  private final Map<String, byte[]> documents = new ConcurrentHashMap<>();
  private final AtomicInteger blobRequests = new AtomicInteger();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile String password = "";
  private volatile int broken;

  /** Serves on a port of its own. */
  public PublicRegistry() throws IOException {
    http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    http.createContext("/v2/", this::answer);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.start();
  }

  /** Host and port. */
  public String host() {
    return "127.0.0.1:" + http.getAddress().getPort();
  }

  /** Blobs wait until the latch is open. */
  public void hold(CountDownLatch latch) {
    gate = latch;
  }

  /** Only who has it may pull. */
  public void password(String wanted) {
    password = wanted;
  }

  /** Every answer has this status; 0 for the right ones. */
  public void breakWith(int status) {
    broken = status;
  }

  /** How often a blob was asked for. */
  public int blobRequests() {
    return blobRequests.get();
  }

  /** Adds an image of one layer. */
  public Digest add(String repository, String tag, String text) throws IOException {
    byte[] tar = LayerTars.of(t -> LayerTars.file(t, "hello", text));
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(tar);
    }
    byte[] layer = packed.toByteArray();
    ImageConfig config =
        ImageConfig.empty(Platform.LINUX_AMD64)
            .plus(Digest.sha256(tar), History.of(Optional.empty(), "COPY hello /", "", false));
    config =
        config.withConfig(
            ContainerConfig.EMPTY
                .withEnv(List.of("A=b=c"))
                .withCmd(Optional.of(List.of("/hello")))
                .withWorkingDir("/srv"));
    byte[] configBytes = config.toBytes();
    byte[] manifest =
        Manifest.oci(
                Descriptor.of(MediaType.OCI_CONFIG, configBytes),
                List.of(Descriptor.of(MediaType.OCI_LAYER_GZIP, layer)))
            .toBytes();
    return put(repository, tag, manifest, List.of(configBytes, layer));
  }

  /** Adds a manifest as it is. */
  public Digest put(String repository, String tag, byte[] manifest, List<byte[]> blobs) {
    String base = "/v2/" + repository + "/";
    Digest digest = Digest.sha256(manifest);
    documents.put(base + "manifests/" + tag, manifest);
    documents.put(base + "manifests/" + digest, manifest);
    blobs.forEach(blob -> documents.put(base + "blobs/" + Digest.sha256(blob), blob));
    return digest;
  }

  /** The bytes of a manifest. */
  public byte[] manifest(String repository, String tag) {
    return documents.getOrDefault("/v2/" + repository + "/manifests/" + tag, new byte[0]);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String login = exchange.getRequestHeaders().getFirst("Authorization");
      String wanted =
          "Basic "
              + Base64.getEncoder()
                  .encodeToString(("me:" + password).getBytes(StandardCharsets.UTF_8));
      if (broken != 0) {
        exchange.sendResponseHeaders(broken, -1);
        return;
      }
      if (!password.isEmpty() && !wanted.equals(login)) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"test\"");
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      byte[] document = documents.get(path);
      if (document == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      if (path.contains("/blobs/")) {
        blobRequests.incrementAndGet();
        gate.await();
      } else {
        exchange.getResponseHeaders().set("Content-Type", MediaType.OCI_MANIFEST.value());
      }
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(200, head ? -1 : document.length);
      if (!head) {
        exchange.getResponseBody().write(document);
      }
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  @Override
  public void close() {
    gate.countDown();
    http.stop(0);
  }
}
