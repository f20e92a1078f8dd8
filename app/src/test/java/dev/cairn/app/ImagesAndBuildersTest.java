package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line's images and builders, on the real server. */
@Tag("slow")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ImagesAndBuildersTest {
  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static String done(LiveServer.Outcome outcome) {
    assertThat(outcome.exitCode()).as(outcome.error()).isZero();
    return outcome.output().strip();
  }

  private static LiveServer.Outcome build(
      Workbench workbench, Path directory, String builder, String line) throws Exception {
    Files.writeString(
        directory.resolve("Dockerfile"),
        "FROM " + workbench.base() + "\nRUN --mount=type=cache,target=/c " + line + "\n");
    return workbench.cairn(directory, "build", "--builder", builder, "-t", "app:1", ".");
  }

  @Test
  void buildersKeepTheirCacheUntilTheyArePruned(@TempDir Path work, @TempDir Path source)
      throws Exception {
    Needed.rootAnd("runc");
    try (var workbench = Workbench.start(work)) {
      assertThat(
              done(
                  workbench.cairn(
                      work, "builder", "create", "--id", "web", "--disk", "2", "--label", "a=b")))
          .isEqualTo("web");
      done(build(workbench, source, "web", "sh -c 'echo kept > /c/left'"));
      done(build(workbench, source, "web", "grep kept /c/left"));

      String list = done(workbench.cairn(work, "builder", "ls"));
      assertThat(list).contains("BUILDER").contains("web").contains("2 GB").contains("ready");
      JsonNode web = json(done(workbench.cairn(work, "builder", "inspect", "web")));
      assertThat(web.path("labels").path("a").asString("")).isEqualTo("b");
      assertThat(web.path("usedAt").asString("")).isNotEmpty();

      assertThat(done(workbench.cairn(work, "builder", "prune", "web"))).isEqualTo("web");
      assertThat(build(workbench, source, "web", "grep kept /c/left").exitCode()).isEqualTo(1);
      assertThat(build(workbench, source, "nobody", "true").error()).contains("no builder");
      assertThat(workbench.cairn(work, "builder", "prune", "nobody").exitCode()).isEqualTo(3);
      assertThat(done(workbench.cairn(work, "builder", "rm", "web"))).isEqualTo("web");
      assertThat(json(done(workbench.cairn(work, "builder", "ls", "--json"))).isEmpty()).isTrue();
      assertThat(
              workbench
                  .cairn(source, "build", "--builder", "a", "--cache-scope", "b", ".")
                  .exitCode())
          .isEqualTo(2);
    }
  }

  @Test
  void imagesArePulledShownNamedAndRemoved(@TempDir Path work, @TempDir Path source)
      throws Exception {
    Needed.rootAnd("runc");
    try (var workbench = Workbench.start(work)) {
      String digest = workbench.registry().latest("busybox");
      assertThat(done(workbench.cairn(work, "image", "pull", "--as", "base:1", workbench.base())))
          .isEqualTo(digest);
      String list = done(workbench.cairn(work, "image", "ls"));
      assertThat(list).contains("IMAGE").contains("base:1").contains("ready");
      assertThat(list).contains(digest.substring(0, 19)).doesNotContain(digest);
      JsonNode image = json(done(workbench.cairn(work, "image", "inspect", "base:1")));
      assertThat(image.path("source").asString("")).isEqualTo(workbench.base() + ":latest");
      assertThat(image.path("manifest").path("layers").isEmpty()).isFalse();
      assertThat(done(workbench.cairn(work, "image", "history", "base:1"))).contains("tests");
      assertThat(done(workbench.cairn(work, "image", "tag", "base:1", "team/web:2")))
          .isEqualTo("team/web:2");
      assertThat(done(workbench.cairn(work, "image", "ls", "-q", "team/web")))
          .isEqualTo("team/web:2");

      // A pulled image is a base like any other of ours.
      Files.writeString(
          source.resolve("Dockerfile"),
          "FROM " + workbench.server().host() + "/team/web:2\nRUN true\n");
      done(workbench.cairn(source, "build", "."));

      done(workbench.cairn(work, "image", "rm", "base:1"));
      assertThat(done(workbench.cairn(work, "image", "ls", "-q")))
          .contains("team/web:2")
          .doesNotContain("base:1");
      var nowhere =
          workbench.cairn(work, "image", "pull", workbench.registry().host() + "/nothing");
      assertThat(nowhere.exitCode()).isEqualTo(3);
      assertThat(nowhere.error()).contains(workbench.registry().host()).contains("nothing");
      assertThat(workbench.cairn(work, "image", "history", "nothing:1").exitCode()).isEqualTo(3);
    }
  }

  @Test
  void aPullGoesOnAfterAKill(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc");
    try (var workbench = Workbench.start(work)) {
      var gate = new CountDownLatch(1);
      workbench.registry().hold(gate);
      done(workbench.cairn(work, "image", "pull", "-d", "--as", "base:1", workbench.base()));
      workbench.registry().awaitHeld();

      workbench.server().kill();
      gate.countDown();
      workbench.server().restart();

      String digest =
          done(workbench.cairn(work, "image", "pull", "--as", "base:1", workbench.base()));
      assertThat(digest).isEqualTo(workbench.registry().latest("busybox"));
      assertThat(done(workbench.cairn(work, "image", "ls"))).contains("base:1").contains("ready");
    }
  }
}
