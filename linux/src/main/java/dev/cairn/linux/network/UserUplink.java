package dev.cairn.linux.network;

import dev.cairn.linux.mount.BindMount;
import dev.cairn.linux.namespace.NamespaceMaker;
import dev.cairn.linux.namespace.StepNamespaces;
import dev.cairn.linux.sys.NamespaceCalls;
import dev.cairn.linux.sys.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network namespace with a way out for a service that is not root of the machine: its packets are
 * carried by a program that opens ordinary sockets for them, pasta or slirp4netns. The networks of
 * steps are built inside it, with the same packet filter as on the machine's own network.
 *
 * <p>The program ends with the process namespace that the launcher has put this service into, so it
 * never outlives it.
 */
public final class UserUplink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UserUplink.class);

  /** Small packets would cost nine tenths of the speed. */
  private static final String MTU = "65520";

  private static final Path DEVICE = Path.of("/dev/net/tun");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MOST_PROBLEM = 2000;

  /** The programs that will do, best first. */
  public static final List<NetworkTools.Tool> TOOLS =
      List.of(
          new NetworkTools.Tool("pasta", "passt"),
          new NetworkTools.Tool("slirp4netns", "slirp4netns"));

  private final StepNamespaces ground;
  private final Path directory;
  private final NetworkTools.Tool tool;
  private Process program;
  private boolean closed;

  private UserUplink(
      StepNamespaces ground, Path directory, NetworkTools.Tool tool, Process program) {
    this.ground = ground;
    this.directory = directory;
    this.tool = tool;
    this.program = program;
    watch(program);
  }

  /**
   * Makes one.
   *
   * @param directory for small files of its own, made if it is missing
   * @throws NetworkException if no program works here, with what to do
   */
  public static UserUplink open(Path directory) throws IOException {
    var installed = TOOLS.stream().filter(tool -> tool.find().isPresent()).toList();
    if (installed.isEmpty()) {
      throw new NetworkException(
          "pasta or slirp4netns is needed to reach the network without root, and neither is"
              + " installed",
          "apt-get install -y " + TOOLS.getFirst().debianPackage());
    }
    if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
      throw new NetworkException(
          DEVICE + " is not there for this user, which reaching the network without root takes",
          Files.exists(DEVICE) ? "chmod 666 " + DEVICE : "modprobe tun");
    }
    Files.createDirectories(directory);
    var problems = new ArrayList<String>();
    for (var tool : installed) {
      // One for each try: what a failed one has left in it is nobody's concern.
      var ground = new NamespaceMaker(Optional.empty()).make();
      try {
        return new UserUplink(ground, directory, tool, start(tool, ground, directory));
      } catch (NetworkException e) {
        ground.close();
        problems.add(e.getMessage());
      } catch (IOException | RuntimeException e) {
        ground.close();
        throw e;
      }
    }
    throw new NetworkException(
        "no program gives a network without root: " + String.join("; ", problems),
        "look at what they say, or install the other one: apt-get install -y "
            + String.join(" ", TOOLS.stream().map(NetworkTools.Tool::debianPackage).toList()));
  }

  /** The namespace that steps go out through. */
  public Path namespace() {
    return StepNamespaces.path(ground.network());
  }

  private static Process start(NetworkTools.Tool tool, StepNamespaces ground, Path directory)
      throws IOException {
    Path place = directory.resolve("namespace");
    Path log = directory.resolve(tool.program() + ".log");
    Files.deleteIfExists(place);
    Files.createFile(place);
    // A file: the program gives up its rights before it opens the namespace, and then may not look
    // into this process any more.
    try (var _ = BindMount.mount(StepNamespaces.path(ground.network()), place, Set.of())) {
      var builder =
          new ProcessBuilder(command(tool, place))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().clear();
      builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
      Process process = builder.start();
      process.getOutputStream().close();
      if (awaitRoute(process, StepNamespaces.path(ground.network()))) {
        return process;
      }
      Programs.kill(process);
      var said = Files.readString(log).strip();
      throw new NetworkException(
          tool.program()
              + " opens no way out: "
              + said.substring(0, Math.min(said.length(), MOST_PROBLEM)),
          "apt-get install -y " + tool.debianPackage());
    }
  }

  private static List<String> command(NetworkTools.Tool tool, Path namespace)
      throws NetworkException {
    var command = new ArrayList<>(List.of(NetworkTools.path(tool)));
    // Neither listens for anybody outside, nor shows the machine's own loopback inside.
    command.addAll(
        tool.program().equals("pasta")
            ? List.of(
                "--foreground",
                "--quiet",
                "--config-net",
                "--no-map-gw",
                "-t",
                "none",
                "-u",
                "none",
                "-T",
                "none",
                "-U",
                "none",
                "--mtu",
                MTU,
                "--runas",
                "0:0",
                "--netns-only",
                "--netns",
                namespace.toString())
            : List.of(
                "--configure",
                "--disable-host-loopback",
                "--enable-sandbox",
                "--mtu=" + MTU,
                "--netns-type=path",
                namespace.toString(),
                "tap0"));
    return command;
  }

  private static boolean awaitRoute(Process process, Path namespace) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (process.isAlive() && System.nanoTime() < end) {
      if (NamespaceCalls.inNetwork(namespace, UserUplink::hasDefaultRoute)) {
        return true;
      }
      try {
        process.waitFor(10, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return false;
  }

  /** By the table of this thread's network (proc(5)): destination and mask are 0. */
  private static boolean hasDefaultRoute() throws IOException {
    return Files.readAllLines(Path.of("/proc/thread-self/net/route")).stream()
        .map(line -> line.split("\t"))
        .anyMatch(fields -> fields.length > 7 && fields[1].equals("00000000"));
  }

  private void watch(Process running) {
    var _ = Programs.end(running).thenRun(this::restart);
  }

  private synchronized void restart() {
    if (closed) {
      return;
    }
    LOG.warn(
        "{} has ended with {}, so steps reached nothing; starting it again",
        tool.program(),
        program.exitValue());
    try {
      program = start(tool, ground, directory);
      watch(program);
    } catch (IOException e) {
      LOG.error("steps reach nothing until the server is restarted", e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    Programs.kill(program);
    ground.close();
  }
}
