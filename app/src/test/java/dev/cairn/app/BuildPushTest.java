package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Builds and pushes from one Cairn to another, through the command line. */
@Tag("slow")
class BuildPushTest {

  @Test
  void pushesToAnotherCairnWhileItBuilds(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc", "skopeo");
    try (var other = LiveServer.start(work.resolve("other"), List.of());
        var workbench =
            Workbench.start(
                work,
                "--allow-address",
                "127.0.0.1/32" + other.host().substring(other.host().indexOf(':')),
                "--plain-http",
                other.host())) {
      String theirs = other.token("guest");
      Path context = Files.createDirectories(work.resolve("context"));
      Files.writeString(context.resolve("file"), "early");
      Files.writeString(
          context.resolve("Dockerfile"),
          "FROM %s\nCOPY file /\nRUN sleep 5 && echo late > /late\n".formatted(workbench.base()));
      String target = other.host() + "/team/app:1";

      var refused = workbench.cairn(context, "build", "--push", "-t", target, ".");
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.error())
          .contains(other.host() + "/team/app")
          .contains("cairn registry login " + other.host());

      login(workbench, other.host(), theirs);
      var pushed = workbench.cairn(context, "build", "--no-cache", "--push", "-t", target, ".");
      assertThat(pushed.exitCode()).as(pushed.error()).isZero();
      String digest = pushed.output().strip();
      assertThat(copied(work, target, theirs)).contains(digest);
      layersWentBeforeTheLastStepEnded(workbench);

      var again =
          workbench.cairn(
              context,
              "image",
              "push",
              other.host().replace(':', '-') + "/team/app:1",
              other.host() + "/team/second:2");
      assertThat(again.exitCode()).as(again.error()).isZero();
      assertThat(again.output().strip()).isEqualTo(other.host() + "/team/second:2@" + digest);
      assertThat(copied(work, other.host() + "/team/second:2", theirs)).contains(digest);
      assertThat(workbench.cairn(context, "image", "pushes").output())
          .contains("succeeded")
          .contains("/team/second:2");
      assertThat(workbench.cairn(context, "registry", "ls").output())
          .contains(other.host())
          .doesNotContain(theirs);
      assertThat(workbench.server().log()).doesNotContain(theirs);
      assertThat(workbench.cairn(context, "registry", "logout", other.host()).exitCode()).isZero();
    }
  }

  private static void login(Workbench workbench, String host, String token) throws Exception {
    var answer =
        workbench.send(
            workbench
                .request("/api/v1/registry-logins/" + host)
                .PUT(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"username\":\"any\",\"password\":\"" + token + "\"}")));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static String copied(Path work, String reference, String token) throws Exception {
    Path to = Files.createTempDirectory(work, "copied");
    Commands.succeed(
        work,
        "skopeo",
        "copy",
        "--quiet",
        "--src-tls-verify=false",
        "--src-creds=any:" + token,
        "docker://" + reference,
        "oci:" + to + ":latest");
    return Files.readString(to.resolve("index.json"));
  }

  private static void layersWentBeforeTheLastStepEnded(Workbench workbench) throws Exception {
    JsonNode newest =
        JsonMapper.shared()
            .readTree(
                workbench.send(workbench.request("/api/v1/builds?state=ready&limit=1")).body())
            .path("builds")
            .path(0);
    List<JsonNode> events = workbench.events(newest.path("id").asString());
    int pushing =
        IntStream.range(0, events.size())
            .filter(n -> events.get(n).path("what").asString("").startsWith("pushing sha256:"))
            .findFirst()
            .orElseThrow();
    int lastStep =
        IntStream.range(0, events.size())
            .filter(n -> events.get(n).path("type").asString("").equals("step-finished"))
            .max()
            .orElseThrow();
    assertThat(pushing).as(events.toString()).isLessThan(lastStep);
  }
}
