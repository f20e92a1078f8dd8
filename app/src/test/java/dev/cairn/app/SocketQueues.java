package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What lies in the kernel's buffers of a connection on this machine: sent by one side and not yet
 * read by the other (proc_net_tcp.rst: tx_queue and rx_queue).
 *
 * @param port the client's own port, which appears in the lines of both sides
 */
record SocketQueues(int port) {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

  /** Bytes under way in both directions. */
  long bytes() throws IOException {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    long bytes = 0;
    for (Path table : TABLES) {
      for (String line : Files.readAllLines(table)) {
        String[] fields = line.strip().split("\\s+");
        if (fields.length > 4 && (fields[1].endsWith(suffix) || fields[2].endsWith(suffix))) {
          int colon = fields[4].indexOf(':');
          bytes += Long.parseLong(fields[4].substring(0, colon), 16);
          bytes += Long.parseLong(fields[4].substring(colon + 1), 16);
        }
      }
    }
    return bytes;
  }
}
