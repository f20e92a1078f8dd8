package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code cairn image history}: how an image came to be, the last step first. */
@Command(name = "history", description = "Shows the steps that made an image, the last one first.")
final class ImageHistoryCommand extends ServerCommand {
  private static final int USUAL_WIDTH = 70;

  @Parameters(paramLabel = "NAME[:TAG|@DIGEST]", description = "the image")
  private String image = "";

  @Option(names = "--no-trunc", description = "whole commands, however long")
  private boolean whole;

  @Option(names = "--json", description = "as JSON")
  private boolean asJson;

  ImageHistoryCommand(Surroundings around) {
    super(around);
  }

  @Override
  int run() throws IOException {
    JsonNode history = call(ApiRequest.get(ImageName.parse(image).catalog())).path("history");
    if (!history.isArray()) {
      throw new UsageException(image + " is no container image, or is not here yet");
    }
    if (asJson) {
      json(history);
      return ExitCode.OK;
    }
    var table = new Table("CREATED", "SIZE", "CREATED BY");
    for (JsonNode step : history) {
      table.row(
          text(step, "createdAt").replaceAll("\\.\\d+Z$", "Z"),
          step.has("bytes") ? ByteSize.text(step.path("bytes").asLong(0)) : "-",
          shown(text(step, "createdBy")));
    }
    table.print(around().out());
    return ExitCode.OK;
  }

  private String shown(String command) {
    return whole || command.length() <= USUAL_WIDTH
        ? command
        : command.substring(0, USUAL_WIDTH) + "…";
  }
}
