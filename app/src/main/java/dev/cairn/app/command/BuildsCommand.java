package dev.cairn.app.command;

import dev.cairn.app.client.CairnApi;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code cairn builds}: the tenant's builds, the newest first. */
@Command(
    name = "builds",
    description = "Lists builds, the newest first.",
    footer = {
      "",
      "Examples:",
      "  cairn builds --state failed",
      "  cairn builds --label app=web --json"
    })
final class BuildsCommand extends ServerCommand {
  @Option(
      names = "--state",
      split = ",",
      paramLabel = "STATE",
      description = "queued, preparing, building, publishing, ready, failed or cancelled")
  private List<String> states = new ArrayList<>();

  @Option(names = "--label", paramLabel = "KEY=VALUE", description = "builds with this label")
  private List<String> labels = new ArrayList<>();

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "NUMBER",
      description = "at most so many (20)")
  private int limit = 20;

  @Option(names = "--json", description = "as JSON")
  private boolean asJson;

  BuildsCommand(Surroundings around) {
    super(around);
  }

  @Override
  int run() throws IOException {
    if (limit < 1) {
      throw new UsageException("--limit is 1 or more");
    }
    var path = new StringBuilder("/builds?limit=" + Math.min(limit, 1000));
    states.forEach(
        state -> path.append("&state=").append(CairnApi.encode(state.toLowerCase(Locale.ROOT))));
    labels.forEach(label -> path.append("&label=").append(CairnApi.encode(label)));
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    pages(path.toString(), "builds", limit, all::add);
    if (asJson) {
      json(all);
      return ExitCode.OK;
    }
    var table = new Table("BUILD", "STATE", "ACCEPTED", "TIME", "RESULT");
    for (JsonNode build : all) {
      table.row(
          text(build, "id"), text(build, "state"), accepted(build), time(build), result(build));
    }
    table.print(around().out());
    return ExitCode.OK;
  }

  private static String accepted(JsonNode build) {
    return text(build, "acceptedAt").replaceAll("\\.\\d+Z$", "Z");
  }

  private static String time(JsonNode build) {
    return build.has("durationMs")
        ? String.format(Locale.ROOT, "%.1fs", build.path("durationMs").asLong(0) / 1000.0)
        : "";
  }

  private static String result(JsonNode build) {
    String name = build.path("result").path("references").path(0).asString("");
    return name.isEmpty() ? build.path("failure").path("sentence").asString("") : name;
  }
}
