package dev.cairn.service.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepLogTest {

  private static BuildEvent.Log line(String text) {
    return new BuildEvent.Log(1, BuildEvent.Stream.STDOUT, text);
  }

  private static List<String> lines(List<? extends BuildEvent.Body> bodies) {
    return bodies.stream().map(body -> ((BuildEvent.Log) body).line()).toList();
  }

  @Test
  void keepsHeadAndTailAndSaysHowMuchIsMissing() {
    var log = new StepLog(30, 20);
    var head = new ArrayList<String>();
    for (int i = 0; i < 10; i++) {
      head.addAll(lines(log.accept(line("line " + i + " ..."))));
    }
    assertThat(head).containsExactly("line 0 ...", "line 1 ...");
    var end = log.end();
    assertThat(end.getFirst())
        .isInstanceOfSatisfying(
            BuildEvent.Warning.class,
            warning -> {
              assertThat(warning.code()).isEqualTo("log-cut");
              assertThat(warning.sentence()).startsWith("7 lines");
            });
    assertThat(lines(end.subList(1, end.size()))).containsExactly("line 9 ...");
    assertThat(log.end()).isEmpty();
  }

  @Test
  void saysNothingWhenAllFits() {
    var log = new StepLog(30, 100);
    assertThat(lines(log.accept(line("short")))).containsExactly("short");
    assertThat(log.accept(line("longer than the head is long"))).isEmpty();
    assertThat(lines(log.end())).containsExactly("longer than the head is long");
  }

  @Test
  void cutsLongLinesButNotInsideACharacter() {
    var log = new StepLog(1 << 20, 100);
    String text = "a".repeat(StepLog.LINE - 1) + "\uD83D\uDE00" + "b";
    assertThat(lines(log.accept(line(text))))
        .containsExactly("a".repeat(StepLog.LINE - 1), "\uD83D\uDE00b");
  }
}
