package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a newcomer types first. */
@Tag("slow")
class HelpTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "build",
        "builder",
        "builder create",
        "certificate",
        "completion",
        "demo",
        "doctor",
        "image",
        "image pull",
        "serve",
        "token create"
      })
  void everyCommandTellsHowItIsUsed(String command) throws Exception {
    String[] words = (command + " --help").split(" ");

    var outcome = LiveServer.run(new byte[0], List.of(), words);

    assertThat(outcome.exitCode()).as(outcome.error()).isZero();
    assertThat(outcome.output()).startsWith("Usage: cairn " + command + " ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"help", "help serve"})
  void helpIsACommandToo(String command) throws Exception {
    var outcome = LiveServer.run(new byte[0], List.of(), command.split(" "));

    assertThat(outcome.exitCode()).as(outcome.error()).isZero();
    assertThat(outcome.output())
        .startsWith("Usage: cairn " + (command.equals("help") ? "" : "serve ") + "[");
  }
}
