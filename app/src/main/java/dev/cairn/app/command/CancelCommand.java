package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn cancel}: ends builds early. */
@Command(name = "cancel", description = "Cancels builds that have not ended.")
final class CancelCommand extends ServerCommand {
  @Parameters(arity = "1..*", paramLabel = "BUILD", description = "the builds' ids")
  private List<String> builds = new ArrayList<>();

  @Option(names = "--why", paramLabel = "TEXT", description = "the reason, for the record")
  private String why = "";

  CancelCommand(Surroundings around) {
    super(around);
  }

  @Override
  int run() throws IOException {
    for (String build : builds) {
      String path = "/builds/" + CairnApi.encode(build);
      call(ApiRequest.delete(why.isEmpty() ? path : path + "?why=" + CairnApi.encode(why)));
      say(build);
    }
    return ExitCode.OK;
  }
}
