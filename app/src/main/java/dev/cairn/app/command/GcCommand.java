package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.ApiResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code cairn gc}: frees what nothing needs any more. */
@Command(
    name = "gc",
    description = {
      "Frees bytes that no image, build or cache record needs, and says how much and why.",
      "The server also does it by itself. Needs a token with the right system:admin."
    },
    footer = {"", "Examples:", "  cairn gc --dry-run     what would go, and why", "  cairn gc"})
final class GcCommand extends ServerCommand {
  @Option(names = "--dry-run", description = "only say what would go; nothing is changed")
  private boolean dryRun;

  @Option(names = "--json", description = "the answer as JSON")
  private boolean asJson;

  GcCommand(Surroundings around) {
    super(around);
  }

  @Override
  int run() throws IOException {
    JsonNode report = dryRun ? call(ApiRequest.get("/gc")) : collected();
    if (asJson) {
      json(report);
    } else {
      print(report);
    }
    return ExitCode.OK;
  }

  private JsonNode collected() throws IOException {
    var request =
        new ApiRequest(
            "POST",
            "/gc",
            Map.of("Accept", "application/jsonl"),
            Optional.of(ApiRequest.bytes(new byte[0])));
    try (ApiResponse response = api().open(request);
        var lines =
            new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode answer = JsonMapper.shared().readTree(line);
        if (answer.has("collection")) {
          return answer.path("collection");
        }
        progress(answer.path("progress"));
      }
      throw new IOException("the server broke off before the collection's end; see its log");
    } catch (JacksonException e) {
      throw new IOException("the server's answer is no JSON; is it Cairn?", e);
    }
  }

  private void progress(JsonNode progress) {
    if (!asJson) {
      around()
          .err()
          .printf(
              "%s: %d gone, %s freed so far%n",
              words(progress),
              progress.path("count").asLong(0),
              ByteSize.text(progress.path("bytes").asLong(0)));
    }
  }

  private void print(JsonNode report) {
    boolean plan = report.path("plan").asBoolean(false);
    if (!report.path("gone").isEmpty()) {
      var table = new Table("KIND", "TENANT", "COUNT", "SIZE", "WHY");
      for (JsonNode gone : report.path("gone")) {
        table.row(
            words(gone),
            gone.path("tenant").asString("-"),
            Long.toString(gone.path("count").asLong(0)),
            ByteSize.text(gone.path("bytes").asLong(0)),
            text(gone, "reason"));
      }
      table.print(around().out());
    }
    say(
        "%s %s; %d blobs with %s stay"
            .formatted(
                ByteSize.text(report.path("bytes").asLong(0)),
                plan ? "would be freed" : "freed",
                report.path("kept").asLong(0),
                ByteSize.text(report.path("keptBytes").asLong(0))));
  }

  private static String words(JsonNode each) {
    return text(each, "kind").replace('-', ' ');
  }
}
