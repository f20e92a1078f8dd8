package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Random builds of two tenants and an administrator, each done twice: with the caches that it may
 * read, among them one that all share, and without any. Whatever a cache gave, the image must be
 * the same bit for bit (threat 8).
 */
class SharedCacheTest {
  private static final int CONTEXTS = 24;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Map<String, Object> SHARED = Map.of("name", "common", "shared", true);
  private static final Map<String, Object> OWN = Map.of("name", "default");
  private static final Map<String, Object> WITHOUT = Map.of("enabled", false, "read", List.of());

  @Test
  @Tag("slow")
  void aTwentiethOfTheBuildsHasTheSameDigestsWithAndWithoutCache(@TempDir Path work)
      throws Exception {
    builds(Integer.getInteger("cairn.builds.few", 500), work);
  }

  @Test
  @Tag("all")
  void tenThousandBuildsHaveTheSameDigestsWithAndWithoutCache(@TempDir Path work) throws Exception {
    builds(Integer.getInteger("cairn.builds", 10_000), work);
  }

  /** Who builds, and what it may read and write. */
  private record Party(ApiTenant tenant, Map<String, Object> cache, List<Object> sources) {
    JsonNode build(RandomBuild build, Map<String, Object> with) throws Exception {
      var body =
          Map.<String, Object>of(
              "recipe",
              Map.of("dockerfile", Map.of("text", build.dockerfile())),
              "contexts",
              Map.of("", Map.of("source", sources.get(build.context()))),
              "cache",
              with,
              "outputs",
              Map.of("sourceDateEpoch", 1_700_000_000L));
      var accepted = tenant.submit(body);
      assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
      return tenant.finished(accepted.json().path("id").asString(), PATIENCE);
    }
  }

  /** What was seen, to be sure that the caches were of use. */
  private record Seen(AtomicInteger done, AtomicLong cached, AtomicInteger failed) {}

  private static void builds(int count, Path work) throws Exception {
    Needed.rootAnd("runc");
    long seed = Long.getLong("cairn.seed", System.nanoTime());
    System.out.println("builds: -Dcairn.seed=" + seed);
    try (var workbench = Workbench.start(work, "--slots", "12");
        var http = HttpClient.newHttpClient();
        var threads = Executors.newFixedThreadPool(16)) {
      List<Party> parties = parties(workbench, http, work);
      var seen = new Seen(new AtomicInteger(), new AtomicLong(), new AtomicInteger());
      List<Future<?>> all = new ArrayList<>();
      for (int n = 0; n < count; n++) {
        long own = seed + n;
        Party party = parties.get(n % parties.size());
        Callable<Object> twice =
            () -> {
              compare(party, workbench.base(), own, seen);
              return own;
            };
        all.add(threads.submit(twice));
      }
      try {
        for (Future<?> each : all) {
          each.get();
        }
      } finally {
        all.forEach(each -> each.cancel(true));
      }
      System.out.println(
          "builds compared: %d, steps from a cache: %d, failed alike: %d"
              .formatted(seen.done().get(), seen.cached().get(), seen.failed().get()));
      assertThat(seen.done()).hasValue(count);
      // Without that the comparison would say nothing.
      assertThat(seen.cached().get()).isGreaterThan(count);
      assertThat(seen.failed().get()).isLessThan(Math.max(2, count / 50));
    }
  }

  private static List<Party> parties(Workbench workbench, HttpClient http, Path work)
      throws Exception {
    LiveServer server = workbench.server();
    Path tars = Files.createDirectories(work.resolve("contexts"));
    var reading = Map.<String, Object>of("written", OWN, "read", List.of(OWN, SHARED));
    var writing = Map.<String, Object>of("written", SHARED, "read", List.of(SHARED));
    return List.of(
        party(new ApiTenant(server.url(), workbench.token(), http), reading, tars),
        party(new ApiTenant(server.url(), server.token("other"), http), reading, tars),
        party(
            new ApiTenant(
                server.url(), server.token("ops", "build:read,build:write,build:admin"), http),
            writing,
            tars));
  }

  private static Party party(ApiTenant tenant, Map<String, Object> cache, Path tars)
      throws Exception {
    List<Object> sources = new ArrayList<>();
    for (int n = 0; n < CONTEXTS; n++) {
      var answer = tenant.archive(RandomContext.write(tars, n));
      assertThat(answer.status()).as(answer.body()).isEqualTo(201);
      var archive = answer.json().path("source").path("archive");
      sources.add(
          Map.of(
              "archive",
              Map.of(
                  "upload",
                  archive.path("upload").asString(),
                  "pack",
                  archive.path("pack").asString())));
    }
    return new Party(tenant, cache, sources);
  }

  private static void compare(Party party, String base, long seed, Seen seen) throws Exception {
    RandomBuild build = RandomBuild.draw(new Random(seed), base, CONTEXTS, 15);
    JsonNode with = party.build(build, party.cache());
    JsonNode without = party.build(build, WITHOUT);
    assertThat(outcome(with))
        .as(() -> "seed %d\n%s\n%s\n%s".formatted(seed, build.dockerfile(), with, without))
        .isEqualTo(outcome(without));
    seen.cached().addAndGet(with.at("/result/usage/stepsCached").asLong(0));
    if (!with.path("state").asString().equals("ready")) {
      seen.failed().incrementAndGet();
    }
    int done = seen.done().incrementAndGet();
    if (done % 500 == 0) {
      System.out.println("builds compared so far: " + done);
    }
  }

  private static String outcome(JsonNode build) {
    return build.path("state").asString()
        + " "
        + build.at("/result/image/digest").asString("")
        + build.at("/failure/code").asString("");
  }
}
