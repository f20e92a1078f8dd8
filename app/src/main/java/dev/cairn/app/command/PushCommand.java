package dev.cairn.app.command;

import dev.cairn.app.client.ApiException;
import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import dev.cairn.app.progress.SafeText;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code cairn image push}: an image of Cairn's registry to a registry elsewhere. */
@Command(
    name = "push",
    description = {
      "Pushes an image to a registry elsewhere and prints where it is. What the registry",
      "has already is not sent again. The server goes on if this command is stopped."
    },
    footer = {
      "",
      "Examples:",
      "  cairn registry login registry.example.org -u me <password.txt",
      "  cairn image push app:1.2 registry.example.org/team/app:1.2"
    })
final class PushCommand extends ServerCommand {
  private static final Duration PAUSE = Duration.ofMillis(300);
  private static final int SILENT_FAILURES = 60;
  private static final Set<String> FINAL = Set.of("succeeded", "failed", "cancelled");

  @Parameters(index = "0", paramLabel = "NAME[:TAG|@DIGEST]", description = "the image")
  private String image = "";

  @Parameters(index = "1", paramLabel = "HOST/NAME[:TAG]", description = "where it goes")
  private String target = "";

  @Option(
      names = {"-u", "--username"},
      paramLabel = "USER",
      description = "a login for this push alone; its password is read from standard input")
  private Optional<String> username = Optional.empty();

  @Option(
      names = {"-d", "--detach"},
      description = "print the push's id and do not wait for its end")
  private boolean detach;

  @Option(
      names = {"-q", "--quiet"},
      description = "no progress")
  private boolean quiet;

  PushCommand(Surroundings around) {
    super(around);
  }

  @Override
  int run() throws IOException, InterruptedException {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("image", image);
    body.put("target", target);
    if (username.isPresent()) {
      body.put(
          "login",
          Map.of("username", username.get(), "password", RegistryCommand.password(around())));
    }
    JsonNode push =
        call(ApiRequest.json("POST", "/pushes", JsonMapper.shared().writeValueAsString(body)));
    if (detach) {
      say(text(push, "id"));
      return ExitCode.OK;
    }
    return end(followed(push));
  }

  /** Asks again and again until the push has ended; a server that restarts is waited for. */
  private JsonNode followed(JsonNode accepted) throws IOException, InterruptedException {
    JsonNode push = accepted;
    String id = text(push, "id");
    String shown = "";
    int failures = 0;
    while (!FINAL.contains(text(push, "state"))) {
      Thread.sleep(PAUSE);
      try {
        push = call(ApiRequest.get("/pushes/" + CairnApi.encode(id)));
        failures = 0;
      } catch (ApiException e) {
        if (e.status() < 500) {
          throw e;
        }
        failures = silent(e, failures, id);
      } catch (IOException e) {
        failures = silent(e, failures, id);
      }
      String line = line(push);
      if (!quiet && !line.equals(shown)) {
        around().err().println(SafeText.of(line));
        shown = line;
      }
    }
    return push;
  }

  private static int silent(IOException e, int failures, String id) throws IOException {
    if (failures + 1 > SILENT_FAILURES) {
      throw new IOException(
          "the connection is lost ("
              + e.getMessage()
              + "); the push goes on: cairn image pushes shows "
              + id,
          e);
    }
    return failures + 1;
  }

  private static String line(JsonNode push) {
    JsonNode progress = push.path("progress");
    String retry = progress.path("retry").asString("");
    if (!retry.isEmpty()) {
      return "trying again: " + retry;
    }
    return "%s: %s sent, %d blobs sent, %d there, %d mounted"
        .formatted(
            text(push, "state"),
            ByteSize.text(progress.path("bytesSent").asLong(0)),
            progress.path("sent").asInt(0),
            progress.path("present").asInt(0),
            progress.path("mounted").asInt(0));
  }

  private int end(JsonNode push) {
    return switch (text(push, "state")) {
      case "succeeded" -> {
        say(text(push, "target") + "@" + text(push, "digest"));
        yield ExitCode.OK;
      }
      case "cancelled" -> {
        around().err().println("cairn: the push was cancelled");
        yield ExitCode.CANCELLED;
      }
      default -> {
        JsonNode failure = push.path("failure");
        around()
            .err()
            .println(
                SafeText.of("cairn: " + text(failure, "sentence") + " " + text(failure, "remedy")));
        yield ExitCode.FAILED;
      }
    };
  }
}
