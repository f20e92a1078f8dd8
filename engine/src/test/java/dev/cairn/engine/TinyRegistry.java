package dev.cairn.engine;

import com.sun.net.httpserver.HttpServer;
import dev.cairn.content.blob.BlobNotFoundException;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves one image out of a fixture's own store, to everybody. */
final class TinyRegistry implements AutoCloseable {
  private final HttpServer server;
  private final AtomicInteger layers = new AtomicInteger();

  TinyRegistry(BuilderFixture fixture, Digest image) throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", BuilderFixture.REGISTRY), 0);
    server.createContext(
        "/v2/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          String name = path.substring(path.lastIndexOf('/') + 1);
          Digest digest = name.startsWith("sha256:") ? Digest.parse(name) : image;
          try {
            byte[] bytes = fixture.bytes(digest);
            boolean manifest = path.contains("/manifests/");
            layers.addAndGet(manifest || bytes.length < 100_000 ? 0 : 1);
            exchange
                .getResponseHeaders()
                .set(
                    "Content-Type",
                    manifest
                        ? "application/vnd.oci.image.manifest.v1+json"
                        : "application/octet-stream");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          } catch (BlobNotFoundException e) {
            exchange.sendResponseHeaders(404, -1);
          }
          exchange.close();
        });
    server.start();
  }

  /** How many layers were fetched. */
  int layers() {
    return layers.get();
  }

  String host() {
    return "127.0.0.1:" + BuilderFixture.REGISTRY;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
