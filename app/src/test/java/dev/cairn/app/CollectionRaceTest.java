package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pushes and builds while one collection follows the other and nothing is kept beyond the grace
 * period. Afterwards every name can be pulled and its bytes are right, and the store holds exactly
 * what the names reach.
 */
class CollectionRaceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int GRACE = 20;
  private static final int CONTEXTS = 6;

  /** Everything goes at once that nobody uses. */
  private static final String NOTHING_KEPT =
      """
      collection:
        graceSeconds: %d
        everySeconds: 86400
        keepSeconds: {builds: 86400, results: 0, records: 0, packs: 0, untagged: 0, uploads: 60}
      """
          .formatted(GRACE);

  @Test
  @Tag("slow")
  void aTwentiethLosesNothingAndLeavesNothing(@TempDir Path work) throws Exception {
    race(5, 3, work);
  }

  @Test
  @Tag("all")
  void aHundredPushesAndBuildsRaceFiftyCollections(@TempDir Path work) throws Exception {
    race(100, 50, work);
  }

  private static void race(int each, int collections, Path work) throws Exception {
    Needed.rootAnd("runc");
    long seed = Long.getLong("cairn.seed", System.nanoTime());
    System.out.println("race: -Dcairn.seed=" + seed);
    Path config = Files.writeString(work.resolve("cairn.yaml"), NOTHING_KEPT);
    try (var workbench = Workbench.start(work, "--slots", "4", "--config", config.toString());
        var http = HttpClient.newHttpClient();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      LiveServer server = workbench.server();
      var caller = new RegistryCaller(server.url(), workbench.token(), http);
      var admin = new RegistryCaller(server.url(), server.token("ops", "system:admin"), http);
      var pushes = new RacingPushes(caller);
      var builds = new Builds(workbench, http, Files.createDirectory(work.resolve("contexts")));
      var done = new AtomicBoolean();
      Future<Integer> collecting = threads.submit(() -> collect(admin, done, collections));
      try (var workers = Executors.newFixedThreadPool(6)) {
        var all = new ArrayList<Future<?>>();
        for (int n = 0; n < each; n++) {
          int number = n;
          all.add(workers.submit(task(() -> pushes.push(number, new Random(seed + number)))));
          all.add(workers.submit(task(() -> builds.build(number, new Random(~seed + number)))));
        }
        for (Future<?> one : all) {
          one.get();
        }
      } finally {
        done.set(true);
      }
      System.out.println("collections: " + collecting.get());

      Map<String, String> names = new ConcurrentHashMap<>(pushes.tags());
      names.putAll(builds.tags());
      Set<String> reached = pulled(caller, names);
      // What was seen or pushed is held for the grace period.
      Thread.sleep(Duration.ofSeconds(GRACE + 2));
      assertThat(cairn(admin, "gc", "--dry-run")).contains("KIND", "acme", "would be freed");
      JsonNode plan = JSON.readTree(cairn(admin, "gc", "--dry-run", "--json"));
      JsonNode report = JSON.readTree(cairn(admin, "gc", "--json"));
      assertThat(report.path("gone"))
          .as("what was planned is what went")
          .isEqualTo(plan.path("gone"));
      assertThat(report.path("bytes").asLong()).isEqualTo(plan.path("bytes").asLong()).isPositive();
      assertThat(stored(server.data()))
          .as("what is left and what names reach; the last collection: " + report)
          .isEqualTo(reached);
      assertThat(pulled(caller, names)).isEqualTo(reached);
    }
  }

  private static String cairn(RegistryCaller admin, String... arguments) throws Exception {
    var outcome =
        LiveServer.run(
            new byte[0],
            List.of("CAIRN_SERVER=" + admin.url(), "CAIRN_TOKEN=" + admin.token()),
            arguments);
    assertThat(outcome.exitCode()).as(outcome.error()).isZero();
    return outcome.output();
  }

  private interface Action {
    void run() throws Exception;
  }

  private static Callable<Boolean> task(Action action) {
    return () -> {
      action.run();
      return true;
    };
  }

  /** One collection after the other, at least so many, until the others are done. */
  private static int collect(RegistryCaller admin, AtomicBoolean done, int least) throws Exception {
    int count = 0;
    while (!done.get() || count < least) {
      var answer = admin.send("POST", "/api/v1/gc");
      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
      count++;
    }
    return count;
  }

  /** Random builds with names, some of which go again. */
  private static final class Builds {
    private final Workbench workbench;
    private final ApiTenant tenant;
    private final RegistryCaller caller;
    private final Path tars;
    private final Map<String, String> tags = new ConcurrentHashMap<>();

    Builds(Workbench workbench, HttpClient http, Path tars) {
      this.workbench = workbench;
      this.tenant = new ApiTenant(workbench.server().url(), workbench.token(), http);
      this.caller = new RegistryCaller(workbench.server().url(), workbench.token(), http);
      this.tars = tars;
    }

    Map<String, String> tags() {
      return tags;
    }

    void build(int number, Random random) throws Exception {
      var build = RandomBuild.draw(random, workbench.base(), CONTEXTS, 100);
      String name = "built/x" + random.nextInt(3) + ":build-" + number;
      Path tar = tars.resolve(Integer.toString(number));
      Files.createDirectory(tar);
      var archive =
          tenant
              .archive(RandomContext.write(tar, build.context()))
              .json()
              .path("source")
              .path("archive");
      var source =
          Map.of(
              "upload", archive.path("upload").asString(), "pack", archive.path("pack").asString());
      var accepted =
          tenant.submit(
              Map.of(
                  "recipe",
                  Map.of("dockerfile", Map.of("text", build.dockerfile())),
                  "contexts",
                  Map.of("", Map.of("source", Map.of("archive", source))),
                  "outputs",
                  Map.of("names", List.of(name))));
      assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
      String id = accepted.json().path("id").asString();
      JsonNode ended = tenant.finished(id, PATIENCE);
      assertThat(ended.path("state").asString())
          .as(() -> build.dockerfile() + ended)
          .isEqualTo("ready");
      tags.put(name, ended.at("/result/image/digest").asString());
      if (random.nextInt(4) == 0) {
        tags.remove(name);
        caller.send("DELETE", "/v2/" + name.replace(":", "/manifests/"));
      }
    }
  }

  /** Pulls every name whole; the digests of all that is below them. */
  private static Set<String> pulled(RegistryCaller caller, Map<String, String> names)
      throws Exception {
    var all = new HashSet<String>();
    for (var name : names.entrySet()) {
      String repository = name.getKey().substring(0, name.getKey().indexOf(':'));
      String tag = name.getKey().substring(name.getKey().indexOf(':') + 1);
      var answer = caller.send("GET", "/v2/" + repository + "/manifests/" + tag);
      assertThat(answer.status()).as(name + ": " + answer).isEqualTo(200);
      assertThat(RegistryCaller.digest(answer.body())).as(name.getKey()).isEqualTo(name.getValue());
      below(caller, repository, answer.body(), all);
    }
    return all;
  }

  private static void below(
      RegistryCaller caller, String repository, byte[] manifest, Set<String> all) throws Exception {
    all.add(RegistryCaller.digest(manifest));
    JsonNode document = JSON.readTree(manifest);
    for (JsonNode member : document.path("manifests")) {
      String digest = member.path("digest").asString();
      below(caller, repository, right(caller, repository + "/manifests/", digest), all);
    }
    var blobs = new ArrayList<JsonNode>();
    document.path("layers").forEach(blobs::add);
    if (document.has("config")) {
      blobs.add(document.path("config"));
    }
    for (JsonNode blob : blobs) {
      String digest = blob.path("digest").asString();
      right(caller, repository + "/blobs/", digest);
      all.add(digest);
    }
  }

  private static byte[] right(RegistryCaller caller, String path, String digest) throws Exception {
    var answer = caller.send("GET", "/v2/" + path + digest);
    assertThat(answer.status()).as(path + digest).isEqualTo(200);
    assertThat(RegistryCaller.digest(answer.body())).isEqualTo(digest);
    return answer.body();
  }

  private static Set<String> stored(Path data) throws Exception {
    try (var files = Files.list(data.resolve("blobs/blobs/sha256"))) {
      return files
          .map(file -> "sha256:" + file.getFileName())
          .collect(java.util.stream.Collectors.toSet());
    }
  }
}
