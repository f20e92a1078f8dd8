package dev.cairn.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildEvent;
import dev.cairn.engine.step.SecretMask;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogLinesTest {
  private final List<String> said = new ArrayList<>();
  private final List<String> warned = new ArrayList<>();
  private final LogLines.Budget budget =
      new LogLines.Budget(10_000, 2_000, log -> said.add(log.line()));
  private final LogLines lines =
      new LogLines(1, BuildEvent.Stream.STDOUT, new SecretMask(), budget);

  private void write(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    lines.write(bytes, bytes.length);
  }

  private void end() {
    lines.end();
    budget.end(warned::add);
  }

  @Test
  void passesOnLinesHoweverTheyAreCut() {
    write("one\ntw");
    write("o\r\n\nthree");
    end();
    assertThat(said).containsExactly("one", "two", "", "three");
    assertThat(warned).isEmpty();
  }

  @Test
  void keepsTheBeginningAndTheEndAndSaysHowManyLinesAreMissing() {
    for (int i = 1; i <= 5000; i++) {
      write("line " + i + "\n");
    }
    end();
    assertThat(said.getFirst()).isEqualTo("line 1");
    assertThat(said.getLast()).isEqualTo("line 5000");
    assertThat(warned).hasSize(1);
    assertThat(warned.getFirst()).startsWith((5000 - said.size()) + " lines");
    assertThat(said.size()).isBetween(100, 200);
  }

  @Test
  void holdsTheHeadBackNowhere() {
    write("first\n");
    assertThat(said).containsExactly("first");
  }

  @Test
  void cutsALineWithoutAnEnd() {
    write("x".repeat(100_000));
    end();
    assertThat(said).allMatch(line -> line.length() <= 16 << 10);
    assertThat(said).isNotEmpty();
  }
}
