package dev.cairn.app.command;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cairn.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** As much of the server's own API as the command line needs, in memory; it counts what it gets. */
public final class FakeServer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpServer http;
  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  private final Set<String> contents = ConcurrentHashMap.newKeySet();
  private final List<String> events = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private final AtomicLong received = new AtomicLong();
  private JsonNode lastBuild = JSON.missingNode();
  private byte[] lastArchive = new byte[0];
  private byte[] output = new byte[0];
  private String end = "{\"state\":\"ready\"}";
  private int eventsPerConnection = Integer.MAX_VALUE;

  /** Starts it on a free port. */
  public FakeServer() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    http.createContext("/", this::handle);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.start();
  }

  /** Where it listens. */
  public String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  void willSay(String... lines) {
    events.addAll(List.of(lines));
  }

  void willEndWith(String build) {
    end = build;
  }

  void willBreakAfterEvents(int count) {
    eventsPerConnection = count;
  }

  void willGive(byte[] bytes) {
    output = bytes;
  }

  JsonNode lastBuild() {
    return lastBuild;
  }

  byte[] lastArchive() {
    return lastArchive;
  }

  /** The requests so far, each as METHOD PATH?QUERY. */
  public synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  /** Bytes of bodies received so far. */
  public long received() {
    return received.get();
  }

  /** A blob that was uploaded. */
  public Map<String, byte[]> blobs() {
    return blobs;
  }

  /** Forgets all contents, as after a collection. */
  public void forget() {
    blobs.clear();
    contents.clear();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().replaceFirst("^/api/v1", "");
      synchronized (this) {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      received.addAndGet(body.length);
      answer(exchange, exchange.getRequestMethod() + " " + path, body);
    }
  }

  private void answer(HttpExchange exchange, String call, byte[] body) throws IOException {
    if (call.startsWith("PUT /blobs/")) {
      put(exchange, call.substring("PUT /blobs/".length()), body);
    } else if (call.startsWith("HEAD /blobs/")) {
      byte[] there = blobs.getOrDefault(call.substring("HEAD /blobs/".length()), new byte[0]);
      exchange.getResponseHeaders().set("Upload-Offset", Integer.toString(there.length));
      exchange.sendResponseHeaders(there.length == 0 ? 204 : 200, -1);
    } else if (call.equals("POST /contexts")) {
      reply(exchange, 200, offer(JSON.readTree(body)));
    } else if (call.equals("POST /archives")) {
      lastArchive = body;
      String digest = Digest.sha256(body).toString();
      reply(
          exchange,
          201,
          "{\"source\":{\"archive\":{\"upload\":\"%s\",\"pack\":\"%s\"}}}"
              .formatted(digest, digest));
    } else if (call.equals("POST /builds")) {
      lastBuild = JSON.readTree(body);
      reply(exchange, 202, "{\"id\":\"b1\",\"state\":\"queued\"}");
    } else if (call.equals("GET /builds/b1/events")) {
      events(exchange);
    } else if (call.equals("GET /builds/b1/output")) {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(output);
    } else if (call.equals("GET /builds/b1")) {
      reply(exchange, 200, end);
    } else {
      reply(
          exchange, 404, "{\"error\":{\"code\":\"not-found\",\"message\":\"no such thing here\"}}");
    }
  }

  private void put(HttpExchange exchange, String digest, byte[] body) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Content-Range");
    if (!Digest.sha256(body).toString().equals(digest)) {
      reply(exchange, 400, "{\"error\":{\"code\":\"digest\",\"message\":\"bad " + range + "\"}}");
      return;
    }
    blobs.put(digest, body);
    contents.add(digest);
    reply(exchange, 201, "{}");
  }

  private String offer(JsonNode offer) throws IOException {
    Set<String> missingBlocks = new LinkedHashSet<>();
    Set<String> missingFiles = new LinkedHashSet<>();
    for (JsonNode bundle : offer.path("bundles")) {
      var in = new ByteArrayInputStream(blobs.getOrDefault(bundle.asString(""), new byte[0]));
      try (var tar = new TarArchiveInputStream(in)) {
        for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
          contents.add(Digest.sha256(tar.readAllBytes()).toString());
        }
      }
    }
    for (JsonNode block : offer.path("blocks")) {
      byte[] lines = blobs.get(block.asString(""));
      if (lines == null) {
        missingBlocks.add(block.asString(""));
      } else {
        for (String line : new String(lines, StandardCharsets.UTF_8).split("\n")) {
          JsonNode entry = JSON.readTree(line);
          String digest = entry.path("digest").asString("");
          if (entry.path("size").asLong(0) > 0 && !contents.contains(digest)) {
            missingFiles.add(digest);
          }
        }
      }
    }
    Map<String, Object> missing = new HashMap<>();
    missing.put("blocks", missingBlocks);
    missing.put("files", missingBlocks.isEmpty() ? missingFiles : new HashSet<String>());
    if (missingBlocks.isEmpty() && missingFiles.isEmpty()) {
      return "{\"source\":{\"manifest\":{\"pack\":\"sha256:" + "0".repeat(64) + "\"}}}";
    }
    return JSON.writeValueAsString(Map.of("missing", missing));
  }

  private void events(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    int from = Integer.parseInt(query.replaceAll(".*from=(\\d+).*", "$1"));
    exchange.sendResponseHeaders(200, 0);
    var out = exchange.getResponseBody();
    int sent = 0;
    for (int i = from - 1; i < events.size(); i++) {
      byte[] line = (events.get(i) + "\n").getBytes(StandardCharsets.UTF_8);
      if (sent++ == eventsPerConnection) {
        // Half a line, then the connection is gone.
        out.write(line, 0, line.length / 2);
        out.flush();
        throw new IOException("broken on purpose");
      }
      out.write(line);
      out.flush();
    }
  }

  private static void reply(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
