package dev.cairn.engine.run;

import dev.cairn.engine.step.RunOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;

/** The small files of a step that are shown to it and never part of its tree. */
final class StepFiles {
  private static final Path HOST_RESOLVER = Path.of("/etc/resolv.conf");

  private final Path directory;

  StepFiles(Path directory) {
    this.directory = directory;
  }

  /** {@code /etc/hosts}: this machine's loopback, the step's own name, added names. */
  Path hosts(RunOperation run) throws IOException {
    var text = new StringBuilder();
    text.append("127.0.0.1\tlocalhost ").append(run.hostname()).append('\n');
    text.append("::1\tlocalhost ip6-localhost ip6-loopback\n");
    for (Map.Entry<String, String> added : new TreeMap<>(run.options().addedHosts()).entrySet()) {
      text.append(added.getValue()).append('\t').append(added.getKey()).append('\n');
    }
    return write("hosts", text.toString(), "rw-r--r--");
  }

  /**
   * {@code /etc/resolv.conf}: the network's own resolver and nothing of the host's, or the host's
   * where its network is shared.
   */
  Path resolver(CommandNetworks.Network network) throws IOException {
    String text =
        switch (network) {
          case CommandNetworks.Filtered filtered ->
              "nameserver " + filtered.step().resolver().getHostAddress() + "\n";
          case CommandNetworks.Nothing nothing -> "";
          case CommandNetworks.Shared shared ->
              Files.isReadable(HOST_RESOLVER) ? Files.readString(HOST_RESOLVER) : "";
        };
    return write("resolv.conf", text, "rw-r--r--");
  }

  /** A heredoc that is executed itself. */
  Path script(String content) throws IOException {
    return write("script", content, "rwxr-xr-x");
  }

  private Path write(String name, String text, String mode) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file;
  }
}
