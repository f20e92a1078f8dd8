package dev.cairn.app.demo;

import dev.cairn.app.demo.Machine.Finding;
import dev.cairn.linux.host.HostFacts;
import dev.cairn.linux.namespace.Standing;
import dev.cairn.linux.network.NetworkTools;
import dev.cairn.linux.network.UserUplink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a machine has for an ordinary user. The launcher has looked whether a user namespace can be
 * made, and tells in the environment what it found and what is missing.
 */
final class RootlessFindings {
  /** {@code range} or {@code single}; empty if no user namespace can be made. */
  private static final String MODE = "CAIRN_ROOTLESS_MODE";

  private static final String NOTES = "CAIRN_ROOTLESS_NOTES";
  private static final Path DEVICE = Path.of("/dev/net/tun");

  private final String mode;
  private final String notes;

  RootlessFindings(Map<String, String> environment) {
    this.mode = environment.getOrDefault(MODE, "");
    this.notes = environment.getOrDefault(NOTES, "");
  }

  /** Whether this process is not root of the machine. */
  static boolean applies(HostFacts facts) {
    return !facts.root() || !Standing.own().isRoot();
  }

  /** Who the service would be, its control groups and its network. */
  List<Finding> all() {
    var findings = new ArrayList<Finding>();
    findings.add(user());
    if (!mode.isEmpty()) {
      findings.add(
          Finding.good(
              "control groups", "none without root: limits of processors and memory are refused"));
      findings.add(network());
    }
    return findings;
  }

  private Finding user() {
    return switch (mode) {
      case "range" -> Finding.good("user", "not root: rung rootless, numbers of its own for steps");
      case "single" ->
          new Finding(
              "user",
              "not root: rung rootless-single-id, one number for everybody in a step",
              true,
              isInstalled("newuidmap") ? Optional.empty() : Optional.of("uidmap"),
              advice());
      default ->
          Finding.bad(
              "user",
              "not root",
              notes.isEmpty() ? "run it through ./cairn, or as root" : advice());
    };
  }

  private String advice() {
    return notes.replace("cairn: ", "").replace("\n", "\n     ");
  }

  private static Finding network() {
    var found =
        UserUplink.TOOLS.stream()
            .filter(tool -> tool.find().isPresent())
            .map(NetworkTools.Tool::program)
            .toList();
    if (found.isEmpty()) {
      return new Finding(
          "network", "steps have none", true, Optional.of("passt"), "pasta gives them one");
    }
    if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
      return new Finding(
          "network",
          "steps have none: " + DEVICE + " is not this user's to open",
          true,
          Optional.empty(),
          Files.exists(DEVICE) ? "as root: chmod 666 " + DEVICE : "as root: modprobe tun");
    }
    return Finding.good("network", "for steps through " + found.getFirst());
  }

  private static boolean isInstalled(String program) {
    return List.of("/usr/bin", "/bin", "/usr/local/bin").stream()
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }
}
