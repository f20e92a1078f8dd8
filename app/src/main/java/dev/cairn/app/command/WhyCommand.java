package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import dev.cairn.app.client.EventReader;
import dev.cairn.app.progress.SafeText;
import dev.cairn.build.BuildEvent;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code cairn why}: which steps ran although an earlier result might have been taken. */
@Command(
    name = "why",
    description = "Tells why steps were not taken from the cache.",
    footer = {
      "",
      "Examples:",
      "  cairn why BUILD          every step in a table",
      "  cairn why BUILD 4        one step with all that changed"
    })
final class WhyCommand extends ServerCommand {
  @Parameters(index = "0", paramLabel = "BUILD", description = "the build's id")
  private String build = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "STEP", description = "a step's number")
  private Optional<Integer> step = Optional.empty();

  WhyCommand(Surroundings around) {
    super(around);
  }

  @Override
  int run() throws IOException {
    if (step.isPresent()) {
      one(step.get());
    } else {
      all();
    }
    return ExitCode.OK;
  }

  private void one(int number) throws IOException {
    JsonNode answer =
        call(ApiRequest.get("/builds/" + CairnApi.encode(build) + "/steps/" + number + "/why"));
    say(SafeText.of(text(answer, "place") + "  " + text(answer, "text").replace('\n', ' ')));
    say(outcome(text(answer, "outcome"), answer.path("milliseconds").asLong(0)));
    EventReader.miss(answer.path("miss"))
        .ifPresent(miss -> {
          say("not cached: " + SafeText.of(miss.sentence()));
          miss.details().forEach(detail -> say("  " + SafeText.of(detail)));
        });
  }

  private void all() throws IOException {
    Map<Integer, BuildEvent.StepStarted> started = new TreeMap<>();
    Map<Integer, BuildEvent.StepFinished> finished = new TreeMap<>();
    api()
        .events(
            build,
            1,
            false,
            line ->
                EventReader.read(line)
                    .ifPresent(event -> {
                      switch (event.body()) {
                        case BuildEvent.StepStarted step -> started.put(step.step(), step);
                        case BuildEvent.StepFinished step -> finished.put(step.step(), step);
                        case BuildEvent.StateChanged ignored -> {}
                        case BuildEvent.Log ignored -> {}
                        case BuildEvent.Progress ignored -> {}
                        case BuildEvent.Warning ignored -> {}
                        case BuildEvent.Retry ignored -> {}
                      }
                    }));
    var table = new Table("STEP", "OUTCOME", "TIME", "INSTRUCTION", "WHY NOT CACHED");
    started.forEach((number, begun) -> {
      var end = Optional.ofNullable(finished.get(number));
      table.row(
          Integer.toString(number),
          end.map(e -> e.outcome().name().toLowerCase(Locale.ROOT)).orElse("running"),
          end.map(e -> String.format(Locale.ROOT, "%.1fs", e.milliseconds() / 1000.0)).orElse(""),
          shortened(begun.text()),
          end.flatMap(BuildEvent.StepFinished::miss).map(BuildEvent.Miss::sentence).orElse(""));
    });
    table.print(around().out());
  }

  private static String outcome(String word, long milliseconds) {
    return word + String.format(Locale.ROOT, " %.1fs", milliseconds / 1000.0);
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() > 60 ? line.substring(0, 59) + "…" : line;
  }
}
