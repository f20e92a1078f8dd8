package dev.cairn.app.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.app.client.EventReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ViewsTest {
  /** A build as a server sent it. */
  private static final List<String> RECORDED =
      """
      {"number":1,"at":"2026-01-01T00:00:00Z","type":"state","state":"building"}
      {"number":2,"at":"2026-01-01T00:00:00Z","type":"step-started","step":1,"of":3,"stage":"base","text":"FROM debian","place":"Dockerfile:1"}
      {"number":3,"at":"2026-01-01T00:00:00Z","type":"progress","step":1,"what":"pull","done":5,"total":10}
      {"number":4,"at":"2026-01-01T00:00:01Z","type":"step-finished","step":1,"outcome":"cached","milliseconds":0}
      {"number":5,"at":"2026-01-01T00:00:01Z","type":"step-started","step":2,"of":3,"stage":"base","text":"RUN make","place":"Dockerfile:2"}
      {"number":6,"at":"2026-01-01T00:00:02Z","type":"log","step":2,"stream":"stderr","line":"\\u001b]0;title\\u0007cc \\u001b[2Jmain.c"}
      {"number":7,"at":"2026-01-01T00:00:02Z","type":"warning","code":"w","sentence":"look here","place":"Dockerfile:2"}
      {"number":8,"at":"2026-01-01T00:00:03Z","type":"step-finished","step":2,"outcome":"failed","milliseconds":1500,"miss":{"reason":"files-changed","sentence":"main.c changed","details":["main.c"]}}
      {"number":9,"at":"2026-01-01T00:00:03Z","type":"state","state":"failed","failure":{"code":"run-exit","kind":"step","sentence":"make ended with 2","remedy":"read its output","retryable":false,"phase":"steps","place":"Dockerfile:2","attempt":1,"attempts":3}}
      """
          .lines()
          .toList();

  private static String show(Function<PrintStream, ProgressView> kind) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        ProgressView view = kind.apply(out)) {
      for (String line : RECORDED) {
        view.show(EventReader.read(line).orElseThrow(), line);
        view.tick();
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void tellsEveryStepInPlainLines() {
    assertThat(show(PlainView::new))
        .contains(
            "#1 [base 1/3] FROM debian",
            "#1 pull 50 %",
            "#1 CACHED",
            "#2 cc main.c",
            "warning: Dockerfile:2: look here",
            "#2 ERROR 1.5s",
            "#2 not cached: main.c changed",
            "Dockerfile:2: make ended with 2",
            "read its output")
        .doesNotContain("\u001b", "title");
  }

  @Test
  void leavesOnALiveScreenWhatHasEnded() {
    var clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    String screen = show(out -> new LiveView(out, clock, 60));

    String left = screen.substring(screen.lastIndexOf("\u001b[J") + 3);
    assertThat(screen).contains(" => [base 1/3] FROM debian").contains("CACHED", "ERROR");
    assertThat(screen).contains("cc main.c").doesNotContain("title", "\u001b[2J");
    assertThat(left).isEmpty();
    assertThat(screen.lines())
        .allMatch(line -> line.replaceAll("\u001b\\[\\d*[AJ]", "").length() < 60);
  }

  @Test
  void passesRawEventsOnAsTheyCame() {
    assertThat(show(ProgressView::rawJson).lines()).isEqualTo(RECORDED);
  }
}
