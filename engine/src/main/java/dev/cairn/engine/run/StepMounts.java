package dev.cairn.engine.run;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.dockerfile.Mount;
import dev.cairn.engine.layer.Snapshot;
import dev.cairn.engine.step.Node;
import dev.cairn.engine.step.RunOperation;
import dev.cairn.engine.step.StepMount;
import dev.cairn.linux.mount.MountFlag;
import dev.cairn.linux.mount.StubLayer;
import dev.cairn.linux.sandbox.SandboxMount;
import dev.cairn.linux.sandbox.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The mounts of one step, made ready; closing takes them away and ends its holds of volumes. */
final class StepMounts implements AutoCloseable {
  private static final long TMPFS_BYTES = 1L << 30;
  private static final int TMPFS_MODE = 01777;

  private final MountSources sources;
  private final BuildEnvironment build;
  private final String place;
  private final List<SandboxMount> mounts = new ArrayList<>();
  private final List<StubLayer.Target> targets = new ArrayList<>();
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Map<String, CacheSessions.Hold> holds = new HashMap<>();
  private final List<SecretBytes> secrets = new ArrayList<>();
  private boolean succeeded;

  StepMounts(MountSources sources, BuildEnvironment build, String place) {
    this.sources = sources;
    this.build = build;
    this.place = place;
  }

  /** Makes everything ready that the command asks for. */
  void add(RunOperation run, Map<Node, Snapshot> built, boolean emptyCaches)
      throws IOException, InterruptedException {
    // By depth, so that one mount may lie inside another whatever the order of the flags.
    var ordered = new ArrayList<>(run.mounts());
    ordered.sort(Comparator.comparingInt(mount -> depth(mount.mount())));
    takeVolumes(ordered, emptyCaches);
    for (StepMount mount : ordered) {
      MountTargets.check(target(mount.mount()), place);
      switch (mount.mount()) {
        case Mount.Bind bind -> bind(bind, mount, built);
        case Mount.Cache cache -> cache(cache);
        case Mount.Tmpfs tmpfs -> {
          long bytes = tmpfs.size().orElse(TMPFS_BYTES);
          mounts.add(new SandboxMount.Tmpfs(tmpfs.target(), bytes, TMPFS_MODE));
          // The runtime sets the mode of what it finds at the target, whatever it was asked for.
          targets.add(new StubLayer.Target(tmpfs.target(), true, TMPFS_MODE));
        }
        case Mount.Secret secret -> secret(secret);
        case Mount.Ssh ssh -> {
          if (ssh.required()) {
            throw BuildException.of(FailureKind.INPUT, "unsupported")
                .at(place)
                .remedy("Fetch what needs the key outside the build, or use a secret.")
                .sentence("RUN --mount=type=ssh is not supported yet.");
          }
        }
      }
    }
  }

  /** Shows one more thing of ours. */
  void show(SandboxMount mount, boolean directory) {
    mounts.add(mount);
    targets.add(new StubLayer.Target(mount.target(), directory));
  }

  /** What the sandbox mounts. */
  List<SandboxMount> mounts() {
    return mounts;
  }

  /** Where it mounts. */
  List<StubLayer.Target> targets() {
    return targets;
  }

  /** Variables that hold secrets. */
  Map<String, String> variables() {
    return variables;
  }

  /** The step did what it should: caches are kept. */
  void succeeded() {
    succeeded = true;
  }

  @Override
  public void close() throws IOException {
    secrets.forEach(SecretBytes::close);
    IOException failure = null;
    for (CacheSessions.Hold hold : holds.values()) {
      try {
        hold.release(succeeded);
      } catch (IOException e) {
        failure = e;
      }
    }
    sources.close();
    if (failure != null) {
      throw failure;
    }
  }

  private void bind(Mount.Bind bind, StepMount mount, Map<Node, Snapshot> built)
      throws IOException, InterruptedException {
    StepMount.Origin origin = mount.origin().orElseGet(StepMount.Origin.Nothing::new);
    Path source =
        switch (origin) {
          case StepMount.Origin.Context context ->
              sources.ofContext(context, bind.source(), bind.writable(), place);
          case StepMount.Origin.Built stage ->
              sources.ofSnapshot(
                  stage.name(),
                  built.getOrDefault(stage.builtBy(), Snapshot.EMPTY),
                  bind.source(),
                  bind.writable(),
                  place);
          case StepMount.Origin.Nothing nothing ->
              sources.ofSnapshot("scratch", Snapshot.EMPTY, bind.source(), bind.writable(), place);
        };
    var flags =
        bind.writable()
            ? Set.of(MountFlag.NO_DEVICES)
            : Set.of(MountFlag.READ_ONLY, MountFlag.NO_DEVICES);
    show(new SandboxMount.Bind(source, bind.target(), flags), Files.isDirectory(source));
  }

  /** Each volume once and in the order of their names; {@link CacheSessions} says why. */
  private void takeVolumes(List<StepMount> ordered, boolean empty)
      throws IOException, InterruptedException {
    var wanted = new TreeMap<String, Mount.Cache>();
    for (StepMount mount : ordered) {
      if (mount.mount() instanceof Mount.Cache cache && cache.from().isEmpty()) {
        wanted.putIfAbsent(CacheVolumeName.of(build.job(), cache), cache);
      }
    }
    wanted.remove("");
    for (var volume : wanted.entrySet()) {
      holds.put(volume.getKey(), build.volumes().take(volume.getKey(), volume.getValue(), empty));
    }
  }

  private void cache(Mount.Cache cache) throws IOException {
    if (cache.from().isPresent()) {
      throw BuildException.of(FailureKind.INPUT, "unsupported")
          .at(place)
          .remedy("Copy the files into the cache in the command itself.")
          .sentence("RUN --mount=type=cache with from= is not supported yet.");
    }
    String name = CacheVolumeName.of(build.job(), cache);
    if (name.isEmpty()) {
      Path empty1 = sources.emptyDirectory(cache.owner());
      show(SandboxMount.Bind.writable(empty1, cache.target()), true);
      return;
    }
    CacheSessions.Hold hold = Optional.ofNullable(holds.get(name)).orElseThrow();
    var flags =
        cache.readOnly()
            ? Set.of(MountFlag.READ_ONLY, MountFlag.NO_DEVICES)
            : Set.of(MountFlag.NO_DEVICES);
    show(new SandboxMount.Bind(hold.directory(), cache.target(), flags), true);
  }

  private void secret(Mount.Secret secret) {
    Optional<byte[]> value = build.secrets().value(build.job(), secret.id());
    if (value.isEmpty()) {
      if (secret.required()) {
        throw BuildException.of(FailureKind.CREDENTIAL, "secret-missing")
            .at(place)
            .remedy("Store it, or send it with the build, under this id.")
            .sentence("secret " + secret.id() + ": not found");
      }
      return;
    }
    byte[] bytes = value.get();
    try {
      build.mask().add(bytes);
      secret
          .variable()
          .ifPresent(name ->
              variables.put(name, new String(bytes, java.nio.charset.StandardCharsets.UTF_8)));
      if (secret.target().isPresent()) {
        var held = new SecretBytes(bytes);
        secrets.add(held);
        var owner = secret.owner();
        show(
            new SandboxMount.Content(
                secret.target().get(), held, owner.uid(), owner.gid(), owner.mode() & 0777),
            false);
      }
    } finally {
      java.util.Arrays.fill(bytes, (byte) 0);
    }
  }

  private static int depth(Mount mount) {
    return (int) target(mount).chars().filter(c -> c == '/').count();
  }

  private static String target(Mount mount) {
    return switch (mount) {
      case Mount.Bind bind -> bind.target();
      case Mount.Cache cache -> cache.target();
      case Mount.Tmpfs tmpfs -> tmpfs.target();
      case Mount.Secret secret -> secret.target().orElse("/");
      case Mount.Ssh ssh -> ssh.target().orElse("/");
    };
  }
}
