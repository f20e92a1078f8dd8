package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code cairn gc}: frees what nothing needs any more. */
@Command(
    name = "gc",
    description = {
      "Frees bytes that no image, build or cache record needs, and says how much.",
      "Needs a token with the right system:admin."
    })
final class GcCommand extends ServerCommand {
  GcCommand(Surroundings around) {
    super(around);
  }

  @Override
  int run() throws IOException {
    JsonNode answer =
        call(new ApiRequest("POST", "/gc", Map.of(), Optional.of(ApiRequest.bytes(new byte[0]))));
    json(answer);
    return ExitCode.OK;
  }
}
