package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Steps that do whatever they can against being ended. Threat 20. */
class CancelTest {
  /** The first process ignores every signal that can be ignored, also after exec. */
  private static final String DEAF = "trap '' TERM INT HUP QUIT PIPE USR1 USR2; ";

  private static final String LIVE_ON = " echo up; exec sleep 86399";

  private static final List<String> STEPS =
      List.of(
          // Forks without end.
          "(f() { f & f; }; while true; do (f); sleep 0.01; done) 2>/dev/null &",
          "(while true; do sleep 86398 & sleep 0.005; done) 2>/dev/null &",
          // Leaves the session and its parent, and keeps the output open.
          "for i in 1 2 3 4 5; do (setsid sh -c \"trap '' TERM; while true; do sleep 86398; done\" &)"
              + " ; done;",
          "(setsid sh -c '(while true; do echo noise; sleep 0.001; done) &' &);",
          // Starts programs as fast as it can.
          "for i in 1 2 3; do (while true; do /bin/true; done) & done;",
          // Stops itself and others.
          "for i in 1 2 3 4 5 6; do (sh -c 'kill -STOP $$; sleep 86398' &); done; kill -STOP -1;");

  @Test
  @Tag("slow")
  void cancelsAFewStubbornSteps(@TempDir Path work) throws Exception {
    cancel(Integer.getInteger("cairn.cancels.few", 6), work);
  }

  @Test
  @Tag("all")
  void cancelsManyStubbornSteps(@TempDir Path work) throws Exception {
    cancel(Integer.getInteger("cairn.cancels", 50), work);
  }

  private static void cancel(int times, Path work) throws Exception {
    Needed.rootAnd("runc");
    try (var workbench = Workbench.start(work, "--slots", "2")) {
      Leftovers.Found before = Leftovers.of(workbench.server());
      var taken = new Percentiles();
      for (int i = 0; i < times; i++) {
        String step = DEAF + STEPS.get(i % STEPS.size()) + LIVE_ON + " # " + i;
        String id = workbench.submit("FROM " + workbench.base() + "\nRUN " + step + "\n");
        awaitLine(workbench, id, "up");
        Thread.sleep(100);
        long asked = System.nanoTime();
        workbench.send(workbench.request("/api/v1/builds/" + id).DELETE());
        JsonNode build = workbench.finished(id);
        taken.add(Duration.ofNanos(System.nanoTime() - asked));
        assertThat(build.path("state").asString()).as(build + "").isEqualTo("cancelled");
        assertThat(groups(id)).isEmpty();
      }
      System.out.println("cancel, to the terminal state: " + taken);
      assertThat(Leftovers.settled(workbench.server(), before)).isEqualTo(before);
    }
  }

  @Test
  @Tag("slow")
  void endsAStepAtItsOwnTimeAndSaysSo(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc");
    try (var workbench = Workbench.start(work)) {
      String step = DEAF + STEPS.getFirst() + LIVE_ON;
      String id =
          workbench.submit(
              "FROM " + workbench.base() + "\nRUN " + step + "\n",
              java.util.Map.of("stepSeconds", 2, "runSeconds", 100));
      JsonNode failure = workbench.finished(id).path("failure");
      assertThat(failure.path("code").asString()).as(failure + "").isEqualTo("step-timeout");
      assertThat(failure.path("kind").asString()).isEqualTo("timeout");
      assertThat(failure.path("sentence").asString()).contains("did not end within 2 s");
      assertThat(groups(id)).isEmpty();

      id =
          workbench.submit(
              "FROM " + workbench.base() + "\nRUN " + step + " # 2\n",
              java.util.Map.of("stepSeconds", 100, "runSeconds", 2));
      failure = workbench.finished(id).path("failure");
      assertThat(failure.path("code").asString()).as(failure + "").isEqualTo("run-timeout");
      assertThat(groups(id)).isEmpty();
    }
  }

  @Test
  @Tag("slow")
  void aBackgroundProcessThatHoldsTheOutputDoesNotHoldTheBuild(@TempDir Path work)
      throws Exception {
    Needed.rootAnd("runc");
    try (var workbench = Workbench.start(work)) {
      String id =
          workbench.submit(
              "FROM "
                  + workbench.base()
                  + "\nRUN (setsid sh -c \"trap '' TERM; sleep 86397; echo late\" &); echo done\n"
                  + "RUN test -z \"$(ps | grep [8]6397)\"\n");
      JsonNode build = workbench.finished(id);
      assertThat(build.path("state").asString()).as(build + "").isEqualTo("ready");
      assertThat(groups(id)).isEmpty();
    }
  }

  private static void awaitLine(Workbench workbench, String id, String line) throws Exception {
    while (workbench.events(id).stream().noneMatch(e -> e.path("line").asString("").equals(line))) {
      JsonNode build = workbench.build(id);
      assertThat(build.path("failure").isMissingNode()).as(build + "").isTrue();
      Thread.sleep(20);
    }
  }

  /** The control groups of a build, in every hierarchy. */
  private static List<Path> groups(String id) throws IOException {
    var found = new ArrayList<Path>();
    try (Stream<Path> walk = Files.walk(Path.of("/sys/fs/cgroup"), 4)) {
      walk.filter(path -> path.getFileName().toString().startsWith("b-" + id)).forEach(found::add);
    }
    return found;
  }
}
