package dev.cairn.app.command;

import dev.cairn.app.client.ApiException;
import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A command that asks a running server. */
abstract class ServerCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final int MOST_PAGES = 1000;

  private final Surroundings around;

  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  boolean help;

  ServerCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public final Integer call() throws IOException, InterruptedException {
    try {
      return run();
    } catch (ApiException e) {
      if (e.status() == 404) {
        around.err().println("cairn: " + e.getMessage());
        return ExitCode.SERVER;
      }
      throw e;
    }
  }

  /** Does it. */
  abstract int run() throws IOException, InterruptedException;

  final Surroundings around() {
    return around;
  }

  final ServerOptions server() {
    return server;
  }

  final CairnApi api() {
    return server.api(around);
  }

  final JsonNode call(ApiRequest request) throws IOException {
    return api().call(request);
  }

  /** Prints for a person. */
  final void say(String line) {
    around.out().println(line);
  }

  /** Prints for a program. */
  final void json(JsonNode value) {
    around.out().println(JSON.writeValueAsString(value));
  }

  /**
   * Asks for all pages of a list.
   *
   * @param path with a query that {@code &after=} can be added to
   */
  final void pages(String path, String member, int most, Consumer<JsonNode> item)
      throws IOException {
    String after = "";
    int left = most;
    for (int page = 0; page < MOST_PAGES && left > 0; page++) {
      JsonNode answer = call(ApiRequest.get(path + after));
      for (JsonNode each : answer.path(member)) {
        if (left-- > 0) {
          item.accept(each);
        }
      }
      String next = answer.path("next").asString("");
      if (next.isEmpty()) {
        return;
      }
      after = "&after=" + CairnApi.encode(next);
    }
  }

  static String text(JsonNode json, String member) {
    return json.path(member).asString("");
  }
}
