package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A server whose data directory has 256 MiB. */
@Tag("all")
class FullDiskTest {

  @Test
  void failsClearlyAndRecoversWhenThereIsSpaceAgain(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc");
    Path data = Files.createDirectory(work.resolve("data"));
    Commands.succeed(work, "mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", data.toString());
    try {
      try (var workbench = Workbench.start(work, data, List.of(), "--slots", "1")) {
        String small = "FROM " + workbench.base() + "\nRUN echo ";
        ready(workbench, workbench.submit(small + "before\n"));

        aStepFillsTheDisk(workbench);
        ready(workbench, workbench.submit(small + "after-the-step\n"));
        somethingElseFillsTheDisk(workbench, small);
        ready(workbench, workbench.submit(small + "after-the-ballast\n"));

        workbench.server().kill();
        workbench.server().restart();
        ready(workbench, workbench.submit(small + "after-the-restart\n"));
      }
    } finally {
      Commands.succeed(work, "umount", "--lazy", data.toString());
    }
  }

  private static void aStepFillsTheDisk(Workbench workbench) throws Exception {
    String id =
        workbench.submit(
            "FROM " + workbench.base() + "\nRUN dd if=/dev/zero of=/big bs=1M count=400\n");
    JsonNode build = workbench.finished(id);
    assertThat(build.path("state").asString()).isEqualTo("failed");
    String log = workbench.events(id).toString();
    assertThat(build.path("failure") + log).containsPattern("(?i)no space|disk");
  }

  private static void somethingElseFillsTheDisk(Workbench workbench, String small)
      throws Exception {
    String running = workbench.submit(small + "running && sleep 3 && echo much > /much\n");
    String waiting = workbench.submit(small + "waiting\n");
    Thread.sleep(1500);
    Path ballast = workbench.server().data().resolve("ballast");
    Commands.run(Path.of("/"), Map.of(), List.of("dd", "if=/dev/zero", "of=" + ballast, "bs=64k"));
    try {
      clear(workbench, workbench.finished(running));
      HttpResponse<String> health = workbench.send(workbench.request("/health"));
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(workbench.build(waiting).path("id").asString()).isEqualTo(waiting);
    } finally {
      Files.delete(ballast);
    }
    clear(workbench, workbench.finished(waiting));
  }

  private static void ready(Workbench workbench, String id)
      throws IOException, InterruptedException {
    JsonNode build = workbench.finished(id);
    assertThat(build.path("state").asString()).as(build + "\n").isEqualTo("ready");
  }

  /** Ready, or failed with the disk as the reason. */
  private static void clear(Workbench workbench, JsonNode build)
      throws IOException, InterruptedException {
    if (!build.path("state").asString().equals("ready")) {
      String all = build.path("failure") + workbench.events(build.path("id").asString()).toString();
      assertThat(all).containsPattern("(?i)no space|disk");
    }
  }
}
