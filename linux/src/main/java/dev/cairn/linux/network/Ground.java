package dev.cairn.linux.network;

import dev.cairn.linux.sys.KernelThreads;
import dev.cairn.linux.sys.NamespaceCalls;
import dev.cairn.linux.sys.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The network namespace that something is done in: this process's own, or one given by its path.
 * The only place that starts programs for networks.
 *
 * @param namespace absent for this process's own
 */
record Ground(Optional<Path> namespace) {
  private static final int MOST_OUTPUT = 8 << 20;
  private static final int MOST_PROBLEM = 4096;
  private static final Duration MOST_TIME = Duration.ofSeconds(30);

  /** A step's, or another one that is not ours. */
  static Ground at(Path namespace) {
    return new Ground(Optional.of(namespace));
  }

  /** Does something that depends on the thread's network: opening sockets, /proc/sys/net. */
  <T> T call(KernelThreads.Work<T> work) throws IOException {
    return namespace.isPresent()
        ? NamespaceCalls.inNetwork(namespace.get(), work)
        : KernelThreads.call(work);
  }

  /** Runs many commands of ip(8) in one process; all or up to the first that fails. */
  void ip(List<String> lines) throws IOException {
    run(
        List.of(NetworkTools.path(NetworkTools.IP), "-batch", "-"),
        String.join("\n", lines) + "\n");
  }

  /** What ip(8) answers, as JSON. */
  String ask(String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(NetworkTools.path(NetworkTools.IP), "-json"));
    command.addAll(List.of(arguments));
    return run(command, "");
  }

  /** Changes the packet filter, all of it or nothing. */
  void filter(String rules) throws IOException {
    run(List.of(NetworkTools.path(NetworkTools.NFT), "-f", "-"), rules);
  }

  /** What the packet filter holds, as JSON. */
  String filtered(String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(NetworkTools.path(NetworkTools.NFT), "-j"));
    command.addAll(List.of(arguments));
    return run(command, "");
  }

  /**
   * The value of a file below /proc/sys/net, which shows the reader's own network: only for work
   * that runs in {@link #call}.
   */
  String here(String name) throws IOException {
    return Files.readString(Path.of("/proc/sys/net", name)).strip();
  }

  /** Sets some of them; those that this kernel lacks, such as all of IPv6, need no setting. */
  void set(List<String> names, String value) throws IOException {
    call(() -> {
      for (String name : names) {
        Path file = Path.of("/proc/sys/net", name);
        if (Files.exists(file)) {
          Files.writeString(file, value);
        }
      }
      return true;
    });
  }

  private String run(List<String> command, String input) throws IOException {
    var whole = new ArrayList<String>();
    if (namespace.isPresent()) {
      whole.addAll(
          List.of(NetworkTools.path(NetworkTools.NSENTER), "--net=" + namespace.get(), "--"));
    }
    whole.addAll(command);
    return KernelThreads.call(() -> finished(whole, input));
  }

  private static String finished(List<String> command, String input) throws IOException {
    var builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    var process = builder.start();
    Programs.limit(process, MOST_TIME);
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It ended before it had read everything; what it says below tells why.
    }
    try (var out = process.getInputStream();
        var err = process.getErrorStream()) {
      var said = new String(out.readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
      var problem = new String(err.readNBytes(MOST_PROBLEM), StandardCharsets.UTF_8);
      int code = Programs.awaitEnd(process);
      if (code != 0) {
        throw new IOException(
            String.join(" ", command) + " ended with " + code + ": " + problem.strip());
      }
      return said;
    }
  }
}
