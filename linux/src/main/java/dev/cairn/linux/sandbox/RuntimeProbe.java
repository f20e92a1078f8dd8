package dev.cairn.linux.sandbox;

import dev.cairn.linux.cgroup.CgroupLimits;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.Links;
import dev.cairn.linux.mount.OverlayLayers;
import dev.cairn.linux.mount.OverlayMount;
import dev.cairn.linux.namespace.Standing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.UUID;

/**
 * Which rung works on this machine with which runtime, found out by running a container on each:
 * version numbers of kernels and runtimes say little about machines as people configure them.
 *
 * @param rejected what else was tried, and why it did not do
 */
public record RuntimeProbe(Optional<Chosen> chosen, SequencedMap<String, String> rejected) {

  /** A rung that works. */
  public record Chosen(OciRuntime runtime, IsolationRung rung) {}

  /** Tries the rungs of the settings, best first, each with the runtimes in their order. */
  public static RuntimeProbe run(SandboxSettings settings) throws IOException {
    var rejected = new LinkedHashMap<String, String>();
    var installed = new ArrayList<OciRuntime>();
    for (var name : settings.runtimes()) {
      var runtime = OciRuntime.find(name);
      var unfit = runtime.isEmpty() ? Optional.of("not installed") : runtime.get().unfit();
      unfit.ifPresentOrElse(
          reason -> rejected.put(name, reason), () -> installed.add(runtime.get()));
    }
    var service = Standing.own().kind();
    for (var rung : List.of(IsolationRung.values()).reversed()) {
      for (var runtime : installed) {
        if (settings.rungs().contains(rung) && runtime.rungs(service).contains(rung)) {
          var problem = attempt(settings, runtime, rung);
          if (problem.isEmpty()) {
            return new RuntimeProbe(Optional.of(new Chosen(runtime, rung)), rejected);
          }
          rejected.put(rung.text() + " with " + runtime.program(), problem.get());
        }
      }
    }
    return new RuntimeProbe(Optional.empty(), rejected);
  }

  /** Why nothing was chosen, and what to do. */
  String refusal(SandboxSettings settings) {
    var lowest = settings.rungs().lowest();
    return lowest == IsolationRung.PLAIN
        ? "no container runtime works here; install runc or crun. Tried: " + rejected
        : "the isolation asked for, at least %s, does not work here; ".formatted(lowest.text())
            + "make it work or set a lower isolation.minimum. Tried: "
            + rejected;
  }

  private static Optional<String> attempt(
      SandboxSettings settings, OciRuntime runtime, IsolationRung rung) throws IOException {
    var name = "probe-" + UUID.randomUUID();
    var ground = Files.createDirectories(settings.trees().resolve(name));
    try (var sandbox = new Sandbox(settings, runtime, rung)) {
      var result = attempt(sandbox, ground);
      return result.succeeded()
          ? Optional.empty()
          : Optional.of(result.problem().orElse("a container ended with " + result.exitCode()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a runtime was tried", e);
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } finally {
      try (var root = Directory.open(settings.trees())) {
        root.remove(name);
      }
    }
  }

  /** A container on a merged view, as a step has it. */
  private static SandboxResult attempt(Sandbox sandbox, Path ground)
      throws IOException, InterruptedException {
    try (var directory = Directory.open(ground)) {
      for (var part : List.of("lower", "upper", "work")) {
        directory.makeDirectory(part, 0755);
      }
      try (var program = directory.create("lower/true", 0755)) {
        program.write(ProbeProgram.bytes());
      }
    }
    var owners = sandbox.owners(ground);
    var layers =
        OverlayLayers.writable(
            List.of(ground.resolve("lower")), ground.resolve("upper"), ground.resolve("work"));
    var root = sandbox.newRoot();
    try (var _ = owners.lay();
        var view = OverlayMount.mount(layers, root, Set.of(), owners)) {
      var result = sandbox.run(spec(view.target()), OutputSink.discard(), OutputSink.discard());
      requireExactOwners(ground.resolve("upper"));
      return result;
    } finally {
      Files.delete(root);
    }
  }

  /** What the step's root made belongs to 0 on the disk, or layers would have wrong owners. */
  private static void requireExactOwners(Path upper) throws IOException {
    try (var directory = Directory.open(upper)) {
      for (var name : directory.list("", Links.REFUSE)) {
        if (directory.stat(name).uid() != 0) {
          throw new IOException("files of a step's root belong to " + directory.stat(name).uid());
        }
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
