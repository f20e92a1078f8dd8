package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code cairn image pushes}: pushes under way and of late. */
@Command(name = "pushes", description = "Lists pushes to registries elsewhere, newest first.")
final class PushesCommand extends ServerCommand {
  private static final int MOST = 1000;

  @Option(names = "--cancel", paramLabel = "ID", description = "cancel this one instead")
  private List<String> cancelled = new ArrayList<>();

  @Option(names = "--json", description = "one JSON object per line")
  private boolean asJson;

  PushesCommand(Surroundings around) {
    super(around);
  }

  @Override
  int run() throws IOException {
    if (!cancelled.isEmpty()) {
      for (String id : cancelled) {
        call(ApiRequest.delete("/pushes/" + CairnApi.encode(id)));
        say(id);
      }
      return ExitCode.OK;
    }
    if (asJson) {
      pages("/pushes?limit=200", "pushes", MOST, push -> say(push.toString()));
      return ExitCode.OK;
    }
    var table = new Table("PUSH", "STATE", "IMAGE", "TARGET", "CREATED");
    pages("/pushes?limit=200", "pushes", MOST, push -> row(table, push));
    table.print(around().out());
    return ExitCode.OK;
  }

  private static void row(Table table, JsonNode push) {
    table.row(
        text(push, "id"),
        text(push, "state"),
        text(push, "image"),
        text(push, "target"),
        text(push, "createdAt"));
  }
}
