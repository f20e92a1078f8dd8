package dev.cairn.app.command;

import dev.cairn.service.audit.Verification;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs the command line inside the test. */
final class CommandRun {
  private final Map<String, String> environment = new HashMap<>();
  private final Path directory;
  private byte[] input = new byte[0];
  private String adminCall = "";

  /** What came of it. */
  record Result(int code, String out, String err) {}

  CommandRun(Path directory) {
    this.directory = directory;
    environment.put("XDG_CACHE_HOME", directory.resolve("cache-home").toString());
  }

  CommandRun at(FakeServer server) {
    return with("CAIRN_SERVER", server.url()).with("CAIRN_TOKEN", "t-secret");
  }

  CommandRun with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  CommandRun reading(byte[] bytes) {
    input = bytes;
    return this;
  }

  String adminCall() {
    return adminCall;
  }

  Result run(String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    try (var outText = new PrintStream(out, true, StandardCharsets.UTF_8);
        var errText = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      var around =
          new Surroundings(
              new ByteArrayInputStream(input), outText, errText, environment, directory);
      var line = CairnCommand.commandLine(around, CommandRun::noServer, new Admin());
      int code = CairnCommand.run(line, around, arguments);
      return new Result(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
  }

  private static ServerHandle noServer(Path data) throws IOException {
    throw new IOException("no server can be started in " + data);
  }

  private final class Admin implements LocalAdmin {
    @Override
    public String issueToken(
        Path data, String tenant, Set<String> rights, List<String> repositories) {
      adminCall =
          "token "
              + data.getFileName()
              + " "
              + tenant
              + " "
              + rights
              + (repositories.isEmpty() ? "" : " " + repositories);
      return "issued";
    }

    @Override
    public Optional<String> verifyAudit(Path data, Verification verification) {
      adminCall = "verify " + data.getFileName() + " " + verification.last().number();
      return Optional.of("entry 3 was removed");
    }

    @Override
    public void setSecret(Path data, String tenant, String id, byte[] value) {
      adminCall =
          "secret "
              + data.getFileName()
              + " "
              + tenant
              + " "
              + id
              + " "
              + new String(value, StandardCharsets.UTF_8);
    }
  }
}
