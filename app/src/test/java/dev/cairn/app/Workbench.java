package dev.cairn.app;

import dev.cairn.app.command.CairnCommand;
import dev.cairn.app.command.LocalAdmin;
import dev.cairn.app.command.LocalServer;
import dev.cairn.app.command.Surroundings;
import dev.cairn.service.audit.Verification;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the acceptance tests start from: a registry with bases, a server that may pull from it, a
 * token, and our command line and API to talk to it.
 */
final class Workbench implements AutoCloseable {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Set<String> FINAL = Set.of("ready", "failed", "cancelled");

  private final TestRegistry registry;
  private final LiveServer server;
  private final String token;
  private final HttpClient http = HttpClient.newHttpClient();

  private Workbench(TestRegistry registry, LiveServer server, String token) {
    this.registry = registry;
    this.server = server;
    this.token = token;
  }

  /** Starts all of it below the directory; the server's data are in {@code data}. */
  static Workbench start(Path work, String... serveOptions)
      throws IOException, InterruptedException {
    return start(work, work.resolve("data"), List.of(), serveOptions);
  }

  /** The same with a data directory elsewhere and with more options of its Java. */
  static Workbench start(Path work, Path data, List<String> javaOptions, String... serveOptions)
      throws IOException, InterruptedException {
    return start(new Launch.OfRoot(), work, data, javaOptions, serveOptions);
  }

  /** The same with a server that is started by somebody. */
  static Workbench start(
      Launch launch, Path work, Path data, List<String> javaOptions, String... serveOptions)
      throws IOException, InterruptedException {
    TestRegistry registry = TestRegistry.start(work.resolve("registry"));
    TestImages.addBusybox(registry, work);
    List<String> options = new ArrayList<>(List.of(serveOptions));
    String port = registry.host().substring(registry.host().indexOf(':'));
    // The registry and nothing else of this machine.
    options.addAll(List.of("--allow-address", "127.0.0.1/32" + port));
    options.addAll(List.of("--plain-http", registry.host()));
    options.addAll(Mirrors.options());
    LiveServer server = LiveServer.start(launch, data, javaOptions, options.toArray(String[]::new));
    try {
      return new Workbench(registry, server, server.token("acme"));
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      server.close();
      registry.close();
      throw e;
    }
  }

  TestRegistry registry() {
    return registry;
  }

  LiveServer server() {
    return server;
  }

  String token() {
    return token;
  }

  /** The reference of the busybox base. */
  String base() {
    return registry.host() + "/busybox";
  }

  /** Runs our command line in this process against the server. */
  LiveServer.Outcome cairn(Path directory, String... arguments) {
    return cairn(server.url(), directory, arguments);
  }

  /** The same against the server as it is reached through something else. */
  LiveServer.Outcome cairn(String url, Path directory, String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var surroundings =
        new Surroundings(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of("CAIRN_SERVER", url, "CAIRN_TOKEN", token, "CAIRN_DEBUG", "1"),
            directory);
    LocalServer noServer =
        data -> {
          throw new IOException("the tests have a server");
        };
    var root = CairnCommand.commandLine(surroundings, noServer, new NoAdmin());
    List<String> all = new ArrayList<>(List.of(arguments));
    if (all.getFirst().equals("build")) {
      all.addAll(1, List.of("--server", url, "--token", token));
    }
    int code = CairnCommand.run(root, surroundings, all.toArray(String[]::new));
    return new LiveServer.Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private record NoAdmin() implements LocalAdmin {
    @Override
    public String issueToken(
        Path data, String tenant, Set<String> rights, List<String> repositories)
        throws IOException {
      throw new IOException("the tests use a process of its own for this");
    }

    @Override
    public void setSecret(Path data, String tenant, String id, byte[] value) throws IOException {
      throw new IOException("the tests use a process of its own for this");
    }

    @Override
    public Optional<String> verifyAudit(Path data, Verification verification) throws IOException {
      throw new IOException("the tests use a process of its own for this");
    }
  }

  /** Starts a build of a Dockerfile without files and returns its id once it is accepted. */
  String submit(String dockerfile) throws IOException, InterruptedException {
    return submit(dockerfile, Map.of());
  }

  /** The same with limits, as the API has them. */
  String submit(String dockerfile, Map<String, Object> limits)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = post(dockerfile, limits);
    if (answer.statusCode() != 202) {
      throw new AssertionError("not accepted: " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body()).get("id").asString();
  }

  /** The answer to a request for a build. */
  HttpResponse<String> post(String dockerfile, Map<String, Object> limits)
      throws IOException, InterruptedException {
    return send(
        request("/api/v1/builds")
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    JSON.writeValueAsString(
                        Map.of(
                            "recipe",
                            Map.of("dockerfile", Map.of("text", dockerfile)),
                            "limits",
                            limits)))));
  }

  /** The build as the API shows it. */
  JsonNode build(String id) throws IOException, InterruptedException {
    HttpResponse<String> answer = send(request("/api/v1/builds/" + id));
    if (answer.statusCode() != 200) {
      throw new AssertionError("build " + id + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /** Waits until the build is final. */
  JsonNode finished(String id) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    JsonNode build = build(id);
    while (!FINAL.contains(build.get("state").asString())) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not final after three minutes: " + build + "\n" + server.log());
      }
      Thread.sleep(50);
      build = build(id);
    }
    return build;
  }

  /** All events of a build, as they are now. */
  List<JsonNode> events(String id) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            request("/api/v1/builds/" + id + "/events?follow=false")
                .header("Accept", "application/jsonl"));
    return answer
        .body()
        .lines()
        .filter(line -> !line.isBlank())
        .map(JSON::readTree)
        .filter(event -> event.has("number"))
        .toList();
  }

  /** A request with the token. */
  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path))
        .timeout(Duration.ofMinutes(2))
        .header("Authorization", "Bearer " + token);
  }

  /** Sends it. */
  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    try {
      server.close();
    } finally {
      registry.close();
      http.close();
    }
  }
}
