package dev.cairn.linux.sandbox;

import dev.cairn.linux.cgroup.CgroupLimits;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.Links;
import dev.cairn.linux.mount.OverlayLayers;
import dev.cairn.linux.mount.OverlayMount;
import dev.cairn.linux.mount.Owners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The smallest step there is, on a merged view as every step has it. */
final class ProbeStep implements AutoCloseable {
  private final Sandbox sandbox;
  private final Path ground;
  private final Path root;
  private final Deque<Owners.View> open = new ArrayDeque<>();

  ProbeStep(SandboxSettings settings, RuntimeProbe.Chosen chosen) throws IOException {
    sandbox = new Sandbox(settings, chosen.runtime(), chosen.rung());
    open.push(sandbox::close);
    ground = Files.createDirectories(settings.trees().resolve("probe-" + UUID.randomUUID()));
    open.push(() -> remove(settings.trees(), ground));
    root = sandbox.newRoot();
    open.push(() -> Files.delete(root));
    try {
      mount();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private static void remove(Path parent, Path directory) throws IOException {
    try (var root = Directory.open(parent)) {
      root.remove(String.valueOf(directory.getFileName()));
    }
  }

  private void mount() throws IOException {
    try (var directory = Directory.open(ground)) {
      for (var part : List.of("lower", "upper", "work")) {
        directory.makeDirectory(part, 0755);
      }
      try (var program = directory.create("lower/true", 0755)) {
        program.write(ProbeProgram.bytes());
      }
    }
    var owners = sandbox.owners(ground);
    open.push(owners.lay());
    var layers =
        OverlayLayers.writable(
            List.of(ground.resolve("lower")), ground.resolve("upper"), ground.resolve("work"));
    open.push(OverlayMount.mount(layers, root, Set.of(), owners)::close);
  }

  SandboxResult run() throws IOException, InterruptedException {
    var command =
        new SandboxSpec.Command(List.of("/true"), new LinkedHashMap<>(), "/", ProcessIdentity.ROOT);
    return sandbox.run(
        new SandboxSpec(
            root,
            command,
            List.of(),
            SandboxSpec.Surroundings.NO_NETWORK,
            Optional.empty(),
            CgroupLimits.NONE,
            Duration.ofSeconds(20)),
        OutputSink.discard(),
        OutputSink.discard());
  }

  /** What the step's root made belongs to 0 on the disk, or layers would have wrong owners. */
  void requireExactOwners() throws IOException {
    try (var directory = Directory.open(ground.resolve("upper"))) {
      for (var name : directory.list("", Links.REFUSE)) {
        if (directory.stat(name).uid() != 0) {
          throw new IOException("files of a step's root belong to " + directory.stat(name).uid());
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
