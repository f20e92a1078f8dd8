package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The server is killed with SIGKILL at random moments while it builds, and started again on the
 * same data. Nothing that was accepted is lost or ends twice, and nothing of the dead stays behind.
 */
class KillTest {
  private static final Set<String> FINAL = Set.of("ready", "failed", "cancelled");

  @Test
  @Tag("slow")
  void survivesAFewKills(@TempDir Path work) throws Exception {
    kill(Integer.getInteger("cairn.kills.few", 3), work);
  }

  @Test
  @Tag("all")
  void survivesManyKills(@TempDir Path work) throws Exception {
    kill(Integer.getInteger("cairn.kills", 50), work);
  }

  private static void kill(int times, Path work) throws Exception {
    Needed.rootAnd("runc", "skopeo");
    long seed = Long.getLong("cairn.seed", System.nanoTime());
    System.out.println("kills: -Dcairn.seed=" + seed);
    var random = new Random(seed);
    try (var workbench = Workbench.start(work, "--slots", "3")) {
      LiveServer server = workbench.server();
      Leftovers.Found before = Leftovers.of(server);
      Map<String, JsonNode> accepted = new LinkedHashMap<>();
      for (int round = 0; round < times; round++) {
        List<String> fresh = submit(workbench, round, 1 + random.nextInt(3));
        Thread.sleep(random.nextInt(2500));
        server.kill();
        server.restart();
        if (random.nextInt(4) == 0) {
          // Recovery itself is interrupted as well.
          Thread.sleep(random.nextInt(500));
          server.kill();
          server.restart();
        }
        for (String id : fresh) {
          accepted.put(id, workbench.finished(id));
        }
      }
      for (var each : accepted.entrySet()) {
        endedOnce(workbench, each.getKey(), each.getValue());
      }
      server.kill();
      server.restart();
      pulls(workbench, work, List.copyOf(accepted.values()));
      assertThat(Leftovers.settled(server, before)).isEqualTo(before);
    }
  }

  private static List<String> submit(Workbench workbench, int round, int builds) throws Exception {
    List<String> ids = new ArrayList<>();
    for (int n = 0; n < builds; n++) {
      ids.add(
          workbench.submit(
              """
              FROM %s AS base
              RUN echo %d-%d > /one && sleep 0.4
              RUN dd if=/dev/zero of=/big bs=1M count=8 2>/dev/null && sleep 0.4
              FROM base
              RUN sleep 0.3 && rm /one
              """
                  .formatted(workbench.base(), round, n)));
    }
    return ids;
  }

  private static void endedOnce(Workbench workbench, String id, JsonNode seen) throws Exception {
    JsonNode now = workbench.build(id);
    assertThat(now.path("state").asString()).as(now + "").isEqualTo("ready");
    assertThat(now).isEqualTo(seen);
    List<JsonNode> events = workbench.events(id);
    assertThat(events.stream().map(event -> event.get("number").asInt()))
        .as("numbers of " + id)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, events.size()).boxed().toList());
    assertThat(events.stream().filter(KillTest::isFinal)).as("ends of " + id).hasSize(1);
    assertThat(isFinal(events.getLast())).isTrue();
  }

  private static boolean isFinal(JsonNode event) {
    return event.path("type").asString().equals("state")
        && FINAL.contains(event.path("state").asString());
  }

  private static void pulls(Workbench workbench, Path work, List<JsonNode> builds)
      throws Exception {
    for (int n = 0; n < builds.size(); n += Math.max(1, builds.size() / 5)) {
      String reference = builds.get(n).at("/result/references/0").asString();
      Commands.succeed(
          work,
          "skopeo",
          "copy",
          "--quiet",
          "--src-tls-verify=false",
          "--src-creds=any:" + workbench.token(),
          "docker://" + reference,
          "oci:" + work.resolve("pulled-" + n) + ":latest");
    }
  }
}
