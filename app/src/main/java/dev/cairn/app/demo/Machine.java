package dev.cairn.app.demo;

import dev.cairn.linux.cgroup.CgroupMode;
import dev.cairn.linux.host.HostFacts;
import dev.cairn.linux.network.NetworkTools;
import dev.cairn.linux.sandbox.OciRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What this machine has of what Cairn needs.
 *
 * @param findings one for each thing looked at
 */
record Machine(List<Finding> findings) {

  /**
   * One thing that was looked at.
   *
   * @param name what
   * @param found what there is
   * @param fine whether that will do
   * @param debianPackage what to install if not, where a package helps
   * @param advice what else to do if not; may be empty
   */
  record Finding(
      String name, String found, boolean fine, Optional<String> debianPackage, String advice) {

    static Finding good(String name, String found) {
      return new Finding(name, found, true, Optional.empty(), "");
    }

    static Finding bad(String name, String found, String advice) {
      return new Finding(name, found, false, Optional.empty(), advice);
    }

    static Finding missing(String name, String debianPackage) {
      return new Finding(name, "missing", false, Optional.of(debianPackage), "");
    }
  }

  Machine {
    findings = List.copyOf(findings);
  }

  /** Looks at this machine. */
  static Machine look() throws IOException {
    HostFacts facts = HostFacts.probe();
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.good("Java", Runtime.version().toString()));
    findings.add(Finding.good("kernel", facts.kernel() + " " + facts.machine()));
    boolean rootless = RootlessFindings.applies(facts);
    if (rootless) {
      findings.addAll(new RootlessFindings(System.getenv()).all());
    } else {
      findings.add(Finding.good("user", "root"));
    }
    if (!rootless && !facts.missingCapabilities().isEmpty()) {
      findings.add(
          Finding.good("lacks", String.join(", ", facts.missingCapabilities()) + " (will do)"));
    }
    findings.add(
        facts.overlay()
            ? Finding.good(
                "overlay", facts.overlayLayerByLayer() ? "up to 500 layers" : "up to 200 layers")
            : Finding.bad("overlay", "missing", "modprobe overlay, or a kernel that has it"));
    if (!rootless) {
      findings.add(
          facts.cgroupWritable()
              ? Finding.good("control groups", mode(facts.cgroupMode()))
              : Finding.bad(
                  "control groups", "not writable", "limits need them: mount /sys/fs/cgroup"));
    }
    findings.add(
        facts.seccomp()
            ? Finding.good("seccomp", "yes")
            : Finding.bad("seccomp", "missing", "a kernel with CONFIG_SECCOMP_FILTER"));
    findings.add(
        facts.runtimes().isEmpty()
            ? Finding.missing("runtime", "runc")
            : Finding.good(
                "runtime",
                String.join(", ", facts.runtimes().stream().map(OciRuntime::version).toList())));
    for (NetworkTools.Tool tool : NetworkTools.ALL) {
      findings.add(
          tool.find()
              .map(path -> Finding.good(tool.program(), path.toString()))
              .orElseGet(() -> Finding.missing(tool.program(), tool.debianPackage())));
    }
    return new Machine(findings);
  }

  /** The same and more. */
  Machine with(List<Finding> more) {
    List<Finding> all = new ArrayList<>(findings);
    all.addAll(more);
    return new Machine(all);
  }

  private static String mode(CgroupMode mode) {
    return switch (mode) {
      case V1 -> "version 1";
      case HYBRID -> "hybrid";
      case V2 -> "version 2";
      case NONE -> "none";
    };
  }

  /** The same with what only the demo needs: a static busybox to build with. */
  Machine withBusybox() {
    List<Finding> more = new ArrayList<>(findings);
    more.add(
        Files.isExecutable(Path.of("/bin/busybox"))
            ? Finding.good("busybox", "/bin/busybox")
            : Finding.missing("busybox", "busybox-static"));
    return new Machine(more);
  }

  /** Whether everything will do. */
  boolean fine() {
    return findings.stream().allMatch(Finding::fine);
  }

  /** The Debian packages that would help. */
  List<String> packages() {
    return findings.stream().flatMap(each -> each.debianPackage().stream()).toList();
  }

  /** All findings on one screen, and the command that installs what is missing. */
  String screen() {
    var screen = new StringBuilder();
    for (Finding each : findings) {
      screen.append(
          String.format("  %s %-15s %s%n", each.fine() ? "ok" : "--", each.name(), each.found()));
      if (!each.advice().isEmpty()) {
        screen.append("     ").append(each.advice()).append(System.lineSeparator());
      }
    }
    if (!packages().isEmpty()) {
      screen.append(String.format("%nInstall what is missing:  %s%n", installCommand()));
    }
    return screen.toString();
  }

  /** As a person types it. */
  String installCommand() {
    return "apt-get install -y " + String.join(" ", packages());
  }
}
