package dev.cairn.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonLinesTest {
  @Test
  void writesOneObjectPerLineWithTheEventsKeys() {
    var logger = new LoggerContext().getLogger("cairn.access");
    var event =
        new LoggingEvent(
            "", logger, Level.INFO, "evil\n{\"x\":1}", new IllegalStateException("why"), null);
    event.addKeyValuePair(new KeyValuePair("status", 200));
    event.addKeyValuePair(new KeyValuePair("tenant", "acme\n"));
    event.addKeyValuePair(new KeyValuePair("level", "FORGED"));

    String line = new String(new JsonLines().encode(event), StandardCharsets.UTF_8);

    assertThat(line).endsWith("\n");
    assertThat(line.lines()).hasSize(1);
    JsonNode json = JsonMapper.shared().readTree(line);
    assertThat(json.path("status").isNumber()).isTrue();
    assertThat(json.path("level").asString("")).isEqualTo("INFO");
    assertThat(json.path("tenant").asString("")).isEqualTo("acme\n");
    assertThat(json.path("message").asString("")).isEqualTo("evil\n{\"x\":1}");
    assertThat(json.path("error").asString("")).contains("IllegalStateException: why");
  }

  @Test
  void takesTheOperatorsWordBeforeItsOwnGuess() {
    assertThat(LogForm.of(Optional.of("text"))).isEqualTo(LogForm.TEXT);
    assertThat(LogForm.of(Optional.of("json"))).isEqualTo(LogForm.JSON);
    assertThat(LogForm.of(Optional.of("yaml"))).isEqualTo(LogForm.of(Optional.empty()));
  }
}
