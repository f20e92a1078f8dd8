package dev.cairn.app;

import dev.cairn.app.command.CairnCommand;
import dev.cairn.app.command.LocalAdmin;
import dev.cairn.app.command.ServerHandle;
import dev.cairn.app.command.Surroundings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** The {@code cairn} command. */
public final class Main {
  private Main() {}

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] arguments) {
    var surroundings = Surroundings.ofProcess();
    var root = CairnCommand.commandLine(surroundings, Main::start, new NoAdmin());
    // Commands of the server itself (serve, demo, doctor, warm-up) are added here.
    System.exit(CairnCommand.run(root, surroundings, arguments));
  }

  private static ServerHandle start(Path data) throws IOException {
    throw new IOException("no server was named: give --server or set CAIRN_SERVER");
  }

  /** Without the service there is nothing to administer. */
  private static final class NoAdmin implements LocalAdmin {
    @Override
    public String issueToken(Path data, String tenant, Set<String> rights) throws IOException {
      throw refused(data);
    }

    @Override
    public void setSecret(Path data, String tenant, String id, byte[] value) throws IOException {
      throw refused(data);
    }

    private static IOException refused(Path data) {
      return new IOException(data + " cannot be administered directly: use --server");
    }
  }
}
