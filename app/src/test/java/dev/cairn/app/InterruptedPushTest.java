package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pushes to another program's registry, over TLS and with a login, are interrupted at random
 * moments: the connections are cut, the registry is killed, or we are. Each ends well or says why
 * not, and after the interruption no more is sent than what was missing.
 */
class InterruptedPushTest {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Set<String> FINAL = Set.of("succeeded", "failed", "cancelled");

  /** Layers of an image: one that goes in pieces, the others at once. */
  private static final List<Integer> MEBIBYTES = List.of(20, 5, 4, 3, 2);

  /** TLS, heads of requests, and what is in the sockets when they are cut. */
  private static final long OVERHEAD = 1 << 20;

  private enum Interruption {
    CONNECTIONS_CUT,
    REGISTRY_KILLED,
    SERVER_KILLED
  }

  @Test
  @Tag("slow")
  void completesAFewInterruptedPushes(@TempDir Path work) throws Exception {
    interrupt(Integer.getInteger("cairn.pushes.few", 3), work);
  }

  @Test
  @Tag("all")
  void completesManyInterruptedPushes(@TempDir Path work) throws Exception {
    interrupt(Integer.getInteger("cairn.pushes", 20), work);
  }

  private static void interrupt(int times, Path work) throws Exception {
    Needed.rootAnd("docker-registry", "openssl", "skopeo");
    long seed = Long.getLong("cairn.seed", System.nanoTime());
    System.out.println("pushes: -Dcairn.seed=" + seed);
    var random = new Random(seed);
    try (var registry = DockerRegistry.start(work.resolve("elsewhere"));
        var proxy = CuttingProxy.before(registry.port(), 2);
        var workbench = workbench(work, registry, proxy)) {
      login(workbench, proxy);
      long saved = 0;
      for (int round = 0; round < times; round++) {
        var kind = Interruption.values()[round % Interruption.values().length];
        saved += new Round(workbench, registry, proxy, "team/app" + round).run(work, kind, random);
      }
      assertThat(saved).as("bytes that did not go twice").isPositive();
      lastOneIsWhole(workbench, registry, work, "team/app" + (times - 1));
      assertThat(workbench.server().log()).doesNotContain(DockerRegistry.PASSWORD);
    }
  }

  private static Workbench workbench(Path work, DockerRegistry registry, CuttingProxy proxy)
      throws IOException, InterruptedException {
    Path config = work.resolve("cairn.yaml");
    Files.writeString(
        config,
        "registries: {\"127.0.0.1:%d\": {certificates: %s}}\n"
            .formatted(proxy.port(), registry.authority()));
    return Workbench.start(
        work, "--config", config.toString(), "--allow-address", "127.0.0.1/32:" + proxy.port());
  }

  private static void login(Workbench workbench, CuttingProxy proxy) throws Exception {
    var answer =
        workbench.send(
            workbench
                .request("/api/v1/registry-logins/127.0.0.1:" + proxy.port())
                .PUT(
                    HttpRequest.BodyPublishers.ofString(
                        JSON.writeValueAsString(
                            Map.of(
                                "username",
                                DockerRegistry.USER,
                                "password",
                                DockerRegistry.PASSWORD)))));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).doesNotContain(DockerRegistry.PASSWORD);
  }

  /** One push that is interrupted. */
  private record Round(
      Workbench workbench, DockerRegistry registry, CuttingProxy proxy, String repository) {

    /** The bytes that were there already when the push was taken up again. */
    long run(Path work, Interruption kind, Random random) throws Exception {
      Map<String, Long> blobs = image(work, random);
      long total = blobs.values().stream().mapToLong(Long::longValue).sum();
      long moment = (long) (total * random.nextDouble());
      long before = proxy.sent();
      JsonNode push = push();
      while (proxy.sent() - before < moment && !isFinal(push)) {
        Thread.sleep(1);
        if (random.nextInt(200) == 0) {
          push = get(push);
        }
      }
      long missing = missing(kind, blobs);
      long sentBefore = proxy.sent();
      takeUp(kind);
      push = ended(push);
      long sent = proxy.sent() - sentBefore;
      System.out.printf(
          "%s %s after %d of %d bytes: %d were missing, %d were sent, %s%n",
          repository, kind, moment, total, missing, sent, push.path("state").asString());
      if (push.path("state").asString().equals("failed")) {
        assertThat(push.at("/failure/sentence").asString())
            .contains("127.0.0.1:" + proxy.port() + "/" + repository);
        assertThat(push.at("/failure/retryable").asBoolean()).as(push.toString()).isTrue();
        push = ended(push());
        sent = proxy.sent() - sentBefore;
      }
      assertThat(push.path("state").asString()).as(push.toString()).isEqualTo("succeeded");
      assertThat(sent)
          .as("sent after the interruption, of %d missing bytes", missing)
          .isLessThanOrEqualTo(missing + missing / 50 + OVERHEAD);
      assertThat(registry.tag(repository, "v1")).isEqualTo(push.path("digest").asString());
      for (String blob : blobs.keySet()) {
        assertThat(registry.has(repository, blob)).as(blob).isTrue();
      }
      return total - missing;
    }

    private long missing(Interruption kind, Map<String, Long> blobs) throws Exception {
      switch (kind) {
        case CONNECTIONS_CUT -> {
          proxy.cut();
          // What has arrived whole is written down by the registry in this time.
          Thread.sleep(500);
        }
        case REGISTRY_KILLED -> registry.kill();
        case SERVER_KILLED -> {
          workbench.server().kill();
          Thread.sleep(500);
        }
      }
      return blobs.entrySet().stream()
          .filter(blob -> !registry.has(repository, blob.getKey()))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }

    private void takeUp(Interruption kind) throws Exception {
      switch (kind) {
        case CONNECTIONS_CUT -> proxy.pass();
        case REGISTRY_KILLED -> registry.restart();
        case SERVER_KILLED -> workbench.server().restart();
      }
    }

    /** Builds an image of bytes that nobody has seen and returns its blobs with their sizes. */
    private Map<String, Long> image(Path work, Random random) throws Exception {
      Path context = Files.createDirectories(work.resolve("context"));
      var dockerfile = new StringBuilder("FROM scratch\n");
      for (int n = 0; n < MEBIBYTES.size(); n++) {
        byte[] bytes = new byte[MEBIBYTES.get(n) << 20];
        random.nextBytes(bytes);
        Files.write(context.resolve("file" + n), bytes);
        dockerfile.append("COPY file").append(n).append(" /\n");
      }
      Files.writeString(context.resolve("Dockerfile"), dockerfile);
      var built = workbench.cairn(context, "build", "-q", "-t", "app:1", ".");
      assertThat(built.exitCode()).as(built.error()).isZero();
      JsonNode manifest =
          JSON.readTree(workbench.send(workbench.request("/api/v1/images/app/manifests/1")).body())
              .path("manifest");
      Map<String, Long> blobs = new LinkedHashMap<>();
      JsonNode config = manifest.path("config");
      blobs.put(config.path("digest").asString(), config.path("size").asLong());
      for (JsonNode layer : manifest.path("layers")) {
        blobs.put(layer.path("digest").asString(), layer.path("size").asLong());
      }
      assertThat(blobs).hasSize(MEBIBYTES.size() + 1);
      return blobs;
    }

    private JsonNode push() throws Exception {
      var answer =
          workbench.send(
              workbench
                  .request("/api/v1/pushes")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          JSON.writeValueAsString(
                              Map.of(
                                  "image",
                                  "app:1",
                                  "target",
                                  "127.0.0.1:" + proxy.port() + "/" + repository + ":v1")))));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      return JSON.readTree(answer.body());
    }

    private JsonNode get(JsonNode push) throws Exception {
      var answer =
          workbench.send(workbench.request("/api/v1/pushes/" + push.path("id").asString()));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return JSON.readTree(answer.body());
    }

    private JsonNode ended(JsonNode push) throws Exception {
      long deadline = System.nanoTime() + Duration.ofMinutes(5).toNanos();
      JsonNode now = get(push);
      while (!isFinal(now)) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("not final: " + now + "\n" + workbench.server().log());
        }
        Thread.sleep(50);
        now = get(push);
      }
      return now;
    }

    private static boolean isFinal(JsonNode push) {
      return FINAL.contains(push.path("state").asString());
    }
  }

  /** Read by another program, which checks every digest. */
  private static void lastOneIsWhole(
      Workbench workbench, DockerRegistry registry, Path work, String repository) throws Exception {
    Path certificates = Files.createDirectories(work.resolve("certificates"));
    Files.copy(registry.authority(), certificates.resolve("ca.crt"));
    Commands.succeed(
        work,
        "skopeo",
        "copy",
        "--quiet",
        "--src-cert-dir=" + certificates,
        "--src-creds=" + DockerRegistry.USER + ":" + DockerRegistry.PASSWORD,
        "docker://127.0.0.1:" + registry.port() + "/" + repository + ":v1",
        "oci:" + work.resolve("copied") + ":v1");
    JsonNode image =
        JSON.readTree(workbench.send(workbench.request("/api/v1/images/app/manifests/1")).body());
    assertThat(Files.readString(work.resolve("copied").resolve("index.json")))
        .contains(image.path("digest").asString());
  }
}
