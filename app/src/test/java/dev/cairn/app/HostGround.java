package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Looks at what hostile builds have unpacked and left on the host's disk with the eyes of the
 * host's other users: a setuid program there must be no more than data, a device node no device.
 */
final class HostGround {
  private static final int SETUID = 04000;

  private HostGround() {}

  /** What a user of the host could do with it. */
  static List<String> examined(LiveServer server) throws IOException, InterruptedException {
    List<String> found = new ArrayList<>();
    Path engine = server.engine();
    if (server.isOfUser()) {
      // Its mounts are seen by nobody else, and without root there are no devices; a setuid program
      // would be the user's own, so that all depends on nobody else coming there.
      return entered(engine);
    }
    int programs = 0;
    int devices = 0;
    for (Path each : below(engine)) {
      Map<String, Object> attributes =
          Files.readAttributes(each, "unix:mode,size", LinkOption.NOFOLLOW_LINKS);
      int mode = (Integer) attributes.getOrDefault("mode", 0);
      int kind = mode & 0170000;
      // A whiteout is a device too, and the kernel has none of that number.
      if (kind == 0100000 && (mode & SETUID) != 0 && each.endsWith("euid")) {
        programs++;
        found.addAll(executed(each));
      } else if (kind == 0060000) {
        devices++;
        found.addAll(opened(each));
      }
    }
    if (programs == 0 || devices == 0) {
      found.add(
          "no setuid program or no device was left to try: %d, %d".formatted(programs, devices));
    }
    found.addAll(entered(engine));
    return found;
  }

  private static List<Path> below(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.toList();
    }
  }

  /** Even a user who was handed the open file stays who he is. */
  private static List<String> executed(Path program) throws IOException, InterruptedException {
    String script =
        "exec 9<\"$0\"; exec setpriv --reuid=65534 --regid=65534 --clear-groups /proc/self/fd/9";
    Commands.Outcome outcome =
        Commands.run(Path.of("/"), Map.of(), List.of("sh", "-c", script, program.toString()));
    if (outcome.output().strip().equals("euid 65534")) {
      return List.of();
    }
    return List.of(program + " gives rights on the host: " + outcome.output());
  }

  private static List<String> opened(Path device) throws IOException, InterruptedException {
    Commands.Outcome outcome =
        Commands.run(Path.of("/"), Map.of(), List.of("dd", "if=" + device, "count=0"));
    return outcome.output().contains("Permission denied")
        ? List.of()
        : List.of(device + " is a device on the host: " + outcome.output());
  }

  /** Nobody else gets past the engine's own directory. */
  private static List<String> entered(Path engine) throws IOException, InterruptedException {
    Commands.Outcome outcome =
        Commands.run(
            Path.of("/"),
            Map.of(),
            List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "ls",
                engine + "/trees"));
    return outcome.output().contains("Permission denied")
        ? List.of()
        : List.of("every user may look into " + engine + ": " + outcome.output());
  }
}
