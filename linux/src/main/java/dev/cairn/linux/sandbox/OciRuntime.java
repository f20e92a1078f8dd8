package dev.cairn.linux.sandbox;

import dev.cairn.linux.file.Directory;
import dev.cairn.linux.namespace.Standing;
import dev.cairn.linux.sys.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An OCI runtime program that is installed here.
 *
 * @param version the first line it prints, such as {@code runc version 1.1.5}
 */
public record OciRuntime(Path program, String version) {
  private static final List<String> PLACES =
      List.of("/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin");

  private static final Pattern NUMBER = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

  /** Finds a program by name or absolute path and asks its version. */
  public static Optional<OciRuntime> find(String name) {
    var candidates =
        name.startsWith("/")
            ? List.of(Path.of(name))
            : PLACES.stream().map(place -> Path.of(place, name)).toList();
    return candidates.stream()
        .filter(Files::isExecutable)
        .findFirst()
        .map(program -> new OciRuntime(program, version(program)));
  }

  /** What it is. */
  public RuntimeKind kind() {
    return RuntimeKind.of(version);
  }

  /** Why it cannot be used here, if that is known without trying. */
  Optional<String> unfit() {
    return kind() == RuntimeKind.CRUN && !isAtLeast(1, 15)
        ? Optional.of("older than 1.15, it does not keep a step's counters (run --keep)")
        : Optional.empty();
  }

  /** What it can give to a service that stands so. */
  Set<IsolationRung> rungs(Standing.Kind service) {
    return switch (service) {
      case ROOT ->
          switch (kind()) {
            case RUNSC -> Set.of(IsolationRung.GVISOR);
            case KATA -> Set.of(IsolationRung.MICRO_VM);
            case RUNC, CRUN, OTHER -> Set.of(IsolationRung.USER_NAMESPACE, IsolationRung.PLAIN);
          };
      case RANGE -> isNamespaced() ? Set.of(IsolationRung.ROOTLESS) : Set.of();
      case SINGLE_IDENTITY -> isNamespaced() ? Set.of(IsolationRung.ROOTLESS_SINGLE_ID) : Set.of();
    };
  }

  private boolean isNamespaced() {
    return switch (kind()) {
      case RUNC, CRUN, OTHER -> true;
      case RUNSC, KATA -> false;
    };
  }

  /** Whether its version is at least this one; false if it names none. */
  public boolean isAtLeast(int major, int minor) {
    var number = NUMBER.matcher(version);
    if (!number.find()) {
      return false;
    }
    int first = Integer.parseInt(number.group(1));
    return first > major || (first == major && Integer.parseInt(number.group(2)) >= minor);
  }

  /**
   * Whether a step that joins a user namespace by path must tell its map again: runc does not read
   * it from the namespace before 1.2, and refuses to be told from 1.3 on.
   */
  boolean wantsMapOfJoined() {
    return kind() == RuntimeKind.RUNC && !isAtLeast(1, 2);
  }

  private static String version(Path program) {
    try {
      return call(List.of(program.toString(), "--version"), Duration.ofSeconds(10))
          .lines()
          .findFirst()
          .orElse("unknown version");
    } catch (IOException e) {
      return "unknown version: " + e.getMessage();
    }
  }

  /** The arguments that begin every call with our own state directory. */
  List<String> command(Path root, String... arguments) {
    var command = new ArrayList<String>();
    command.add(program.toString());
    command.add("--root");
    command.add(root.toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * The command that runs a step to its end.
   *
   * @param log where it writes what went wrong with itself, as JSON
   */
  List<String> run(Path root, Path log, Path bundle, String id, NetworkMode network) {
    var command = new ArrayList<>(command(root, "--log", log.toString(), "--log-format", "json"));
    if (kind() == RuntimeKind.RUNSC) {
      // Its network is a program of its own, which takes over the interfaces of the namespace.
      command.add(
          switch (network) {
            case NetworkMode.Nothing nothing -> "--network=none";
            case NetworkMode.HostShared shared -> "--network=host";
            case NetworkMode.Prepared prepared -> "--network=sandbox";
          });
    }
    command.add("run");
    if (keeps()) {
      command.add("--keep");
    }
    command.addAll(List.of("--bundle", bundle.toString(), id));
    return command;
  }

  /** Whether a container can outlive its run, so that its counters can be read. */
  private boolean keeps() {
    return switch (kind()) {
      case RUNC, CRUN, OTHER -> true;
      case RUNSC, KATA -> false;
    };
  }

  /** Removes a container, killing what is left of it; one that does not exist is no error. */
  void delete(Path root, String id) throws IOException {
    call(command(root, "delete", "--force", id), Duration.ofSeconds(20));
  }

  /**
   * Removes what it remembers of a container whose processes are gone and whose group its caller
   * removes. Where that is all that is left, no program has to be started for it beside the next
   * step.
   */
  void forget(Path root, String id) throws IOException {
    switch (kind()) {
      case RUNC, CRUN -> {
        try (var containers = Directory.open(root)) {
          containers.remove(id);
        }
      }
      case RUNSC, KATA, OTHER -> delete(root, id);
    }
  }

  /** Runs a short command of ours, not a step, and returns what it printed, at most 64 KiB. */
  private static String call(List<String> command, Duration most) throws IOException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Programs.limit(process, most);
    process.getOutputStream().close();
    try (var in = process.getInputStream()) {
      var text = new String(in.readNBytes(64 * 1024), StandardCharsets.UTF_8);
      Programs.awaitEnd(process);
      return text;
    }
  }
}
