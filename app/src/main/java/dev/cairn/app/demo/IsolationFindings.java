package dev.cairn.app.demo;

import dev.cairn.app.demo.Machine.Finding;
import dev.cairn.engine.EngineConfig;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.host.HostFacts;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.linux.sandbox.OciRuntime;
import dev.cairn.linux.sandbox.RuntimeKind;
import dev.cairn.linux.sandbox.RuntimeProbe;
import dev.cairn.linux.sandbox.SandboxSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How well this machine shuts steps in, and what that costs, found out by running some. */
final class IsolationFindings {
  /** crun caches its filter of system calls from here on, and keeps a step's counters. */
  private static final int CRUN_MAJOR = 1;

  private static final int CRUN_MINOR = 15;

  private IsolationFindings() {}

  /**
   * Looks, where this user can.
   *
   * @param data the directory of a server; its file system has to show files with other owners
   */
  static List<Finding> look(Path data) throws IOException {
    if (!HostFacts.probe().root()) {
      return List.of();
    }
    String name = "cairn-doctor-" + ProcessHandle.current().pid();
    Path trees =
        Files.createTempDirectory(
            Files.isWritable(data) ? data : Path.of(System.getProperty("java.io.tmpdir")), name);
    SandboxSettings settings = EngineConfig.in(trees).withPrefix(name).sandbox();
    try {
      RuntimeProbe probe = RuntimeProbe.run(settings);
      return findings(probe, probe.cost(settings));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the isolation was tried", e);
    } finally {
      remove(settings.directory());
      remove(trees);
    }
  }

  private static void remove(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null && Files.exists(directory)) {
      try (var opened = Directory.open(parent)) {
        opened.remove(String.valueOf(directory.getFileName()));
      }
    }
  }

  private static List<Finding> findings(RuntimeProbe probe, Optional<Duration> cost) {
    var findings = new ArrayList<Finding>();
    if (probe.chosen().isEmpty()) {
      findings.add(Finding.bad("isolation", "none works", tried(probe)));
      return findings;
    }
    var chosen = probe.chosen().get();
    findings.add(
        chosen.rung().isAtLeast(IsolationRung.USER_NAMESPACE)
            ? Finding.good("isolation", chosen.rung().text())
            : new Finding(
                "isolation",
                chosen.rung().text() + ": one tenant only",
                true,
                Optional.empty(),
                tried(probe)));
    cost.ifPresent(time ->
        findings.add(
            new Finding(
                "start of a step",
                time.toMillis() + " ms with " + chosen.runtime().version(),
                true,
                Optional.empty(),
                faster(chosen.runtime()))));
    return findings;
  }

  private static String faster(OciRuntime runtime) {
    boolean best = runtime.kind() == RuntimeKind.CRUN;
    return best
        ? ""
        : "crun %d.%d or later starts a step in a third of runc's time"
            .formatted(CRUN_MAJOR, CRUN_MINOR);
  }

  private static String tried(RuntimeProbe probe) {
    var lines = new ArrayList<String>();
    for (Map.Entry<String, String> each : probe.rejected().entrySet()) {
      lines.add(each.getKey() + ": " + each.getValue());
    }
    return String.join("; ", lines);
  }
}
