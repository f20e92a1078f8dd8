package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code cairn image pull}: brings an image from another registry into Cairn's. */
@Command(
    name = "pull",
    description = {
      "Brings an image from another registry into Cairn's and prints its digest.",
      "A login is used for this pull alone and kept nowhere."
    },
    footer = {
      "",
      "Examples:",
      "  cairn image pull debian:13",
      "  cairn image pull --as base:1 ghcr.io/team/base:1",
      "  cairn image pull --username me --password-stdin reg.example/app:1  <password.txt"
    })
final class ImagePullCommand extends ServerCommand {
  private static final long PAUSE_MILLIS = 300;
  private static final int MOST_PASSWORD = 64 << 10;

  @Parameters(paramLabel = "IMAGE", description = "what to pull, as in docker pull")
  private String source = "";

  @Option(names = "--as", paramLabel = "NAME[:TAG]", description = "keep it under another name")
  private Optional<String> name = Optional.empty();

  @Option(names = "--platform", paramLabel = "OS/ARCH", description = "such as linux/arm64")
  private Optional<String> platform = Optional.empty();

  @Option(names = "--label", paramLabel = "KEY=VALUE", description = "a mark of your own")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = {"-u", "--username"},
      paramLabel = "NAME",
      description = "the login's name, with --password-stdin")
  private Optional<String> username = Optional.empty();

  @Option(names = "--password-stdin", description = "read the login's password")
  private boolean password;

  @Option(
      names = {"-d", "--detach"},
      description = "print the name and do not wait for the end")
  private boolean detach;

  ImagePullCommand(Surroundings around) {
    super(around);
  }

  @Override
  int run() throws IOException, InterruptedException {
    if (username.isPresent() != password) {
      throw new UsageException("--username and --password-stdin belong together");
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("source", source);
    name.ifPresent(text -> body.put("name", text));
    platform.ifPresent(text -> body.put("platform", text));
    body.put("labels", labels);
    if (username.isPresent()) {
      body.put("login", Map.of("username", username.get(), "password", read()));
    }
    JsonNode image =
        call(ApiRequest.json("POST", "/pulls", JsonMapper.shared().writeValueAsString(body)));
    String kept = text(image, "name");
    if (detach) {
      say(kept);
      return ExitCode.OK;
    }
    around().err().println(kept + ": pulling");
    while (open(image)) {
      Thread.sleep(PAUSE_MILLIS);
      image = call(ApiRequest.get("/catalog/" + CairnApi.encode(kept)));
    }
    if (text(image, "state").equals("failed")) {
      around().err().println("cairn: " + text(image, "error"));
      return ExitCode.FAILED;
    }
    say(text(image, "digest"));
    return ExitCode.OK;
  }

  private static boolean open(JsonNode image) {
    String state = text(image, "state");
    return state.equals("pending") || state.equals("pulling");
  }

  private String read() throws IOException {
    byte[] bytes = around().in().readNBytes(MOST_PASSWORD + 1);
    if (bytes.length > MOST_PASSWORD) {
      throw new UsageException("a password has at most 64 KiB");
    }
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }
}
