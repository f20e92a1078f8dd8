package dev.cairn.app.command;

import dev.cairn.app.client.CairnApi;
import dev.cairn.app.client.EventReader;
import dev.cairn.app.progress.PlainView;
import dev.cairn.app.progress.ProgressView;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn logs}: what a build said. */
@Command(
    name = "logs",
    description = "Prints what happened in a build.",
    footer = {"", "Examples:", "  cairn logs BUILD", "  cairn logs -f BUILD     until it ends"})
final class LogsCommand extends ServerCommand {
  @Parameters(paramLabel = "BUILD", description = "the build's id")
  private String build = "";

  @Option(
      names = {"-f", "--follow"},
      description = "go on until the build ends")
  private boolean follow;

  @Option(names = "--json", description = "the events as lines of JSON")
  private boolean asJson;

  LogsCommand(Surroundings around) {
    super(around);
  }

  @Override
  int run() throws IOException, InterruptedException {
    CairnApi api = api();
    try (ProgressView view =
        asJson ? ProgressView.rawJson(around().out()) : new PlainView(around().out())) {
      if (follow) {
        new EventFollower(api, build, view, Duration.ofMillis(200)).follow();
      } else {
        api.events(
            build,
            1,
            false,
            line -> EventReader.read(line).ifPresent(event -> view.show(event, line)));
      }
    }
    return ExitCode.OK;
  }
}
