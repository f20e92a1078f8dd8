package dev.cairn.linux.sandbox;

import dev.cairn.linux.cgroup.CgroupLimits;
import dev.cairn.linux.file.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Which runtime works on this machine, found out by running a container with each.
 *
 * @param rejected what else was tried, and why it did not do
 */
public record RuntimeProbe(Optional<OciRuntime> chosen, SequencedMap<String, String> rejected) {

  /** Tries the runtimes of the settings in their order until one works. */
  public static RuntimeProbe run(SandboxSettings settings) throws IOException {
    var rejected = new LinkedHashMap<String, String>();
    for (var name : settings.runtimes()) {
      var runtime = OciRuntime.find(name);
      if (runtime.isEmpty()) {
        rejected.put(name, "not installed");
        continue;
      }
      var problem = attempt(settings, runtime.get());
      if (problem.isEmpty()) {
        return new RuntimeProbe(runtime, rejected);
      }
      rejected.put(runtime.get().program().toString(), problem.get());
    }
    return new RuntimeProbe(Optional.empty(), rejected);
  }

  private static Optional<String> attempt(SandboxSettings settings, OciRuntime runtime)
      throws IOException {
    var sandbox = new Sandbox(settings, runtime);
    var rootfs = Files.createTempDirectory(settings.directory(), "probe-");
    try (var root = Directory.open(rootfs)) {
      root.setMode("", 0755);
      try (var program = root.create("true", 0755)) {
        program.write(ProbeProgram.bytes());
      }
      var result = sandbox.run(spec(rootfs), OutputSink.discard(), OutputSink.discard());
      return result.succeeded()
          ? Optional.empty()
          : Optional.of(result.problem().orElse("a container ended with " + result.exitCode()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a runtime was tried", e);
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } finally {
      try (var root = Directory.open(settings.directory())) {
        root.remove(rootfs.getFileName().toString());
      }
    }
  }

  private static SandboxSpec spec(Path rootfs) {
    return new SandboxSpec(
        rootfs,
        new SandboxSpec.Command(List.of("/true"), new LinkedHashMap<>(), "/", ProcessIdentity.ROOT),
        List.of(),
        SandboxSpec.Surroundings.NO_NETWORK,
        Optional.empty(),
        CgroupLimits.NONE,
        Duration.ofSeconds(20));
  }
}
