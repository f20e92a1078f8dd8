package dev.cairn.linux.namespace;

import dev.cairn.linux.sys.Fd;
import dev.cairn.linux.sys.FileCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes namespaces with the help of a short-lived process: one with many threads, as this one,
 * cannot enter a user namespace (unshare(2), EINVAL).
 *
 * @param ids the identities of the user namespaces; absent for network namespaces alone
 */
public record NamespaceMaker(Optional<IdMap> ids) {
  private static final String UNSHARE = "/usr/bin/unshare";
  private static final String ECHO = "/bin/cat";

  /** A network namespace, inside a new user namespace if there are identities for one. */
  public StepNamespaces make() throws IOException {
    var command = new ArrayList<>(List.of(UNSHARE, "--net"));
    if (ids.isPresent()) {
      command.add("--user");
    }
    command.addAll(List.of("--", ECHO));
    var builder = new ProcessBuilder(command);
    builder.environment().clear();
    var process = builder.start();
    try {
      awaitEcho(process);
      Path directory = Path.of("/proc", Long.toString(process.pid()));
      Optional<Fd> user = Optional.empty();
      if (ids.isPresent()) {
        Files.writeString(directory.resolve("uid_map"), ids.get().text());
        Files.writeString(directory.resolve("gid_map"), ids.get().text());
        user = Optional.of(open(directory.resolve("ns/user")));
      }
      try {
        return new StepNamespaces(user, open(directory.resolve("ns/net")));
      } catch (IOException e) {
        user.ifPresent(Fd::close);
        throw e;
      }
    } finally {
      process.destroyForcibly();
    }
  }

  /** What it sends back was read after it had entered its namespaces. */
  private static void awaitEcho(Process process) throws IOException {
    var in = process.getOutputStream();
    try {
      in.write('\n');
      in.flush();
      if (process.getInputStream().read() == '\n') {
        return;
      }
    } catch (IOException e) {
      // A process that has ended takes nothing more; what it said on its way says why.
    }
    var said = new String(process.getErrorStream().readNBytes(4096), StandardCharsets.UTF_8);
    throw new IOException("no namespaces can be made here: " + said.strip());
  }

  private static Fd open(Path namespace) throws IOException {
    return FileCalls.open(namespace.toString(), 0);
  }
}
