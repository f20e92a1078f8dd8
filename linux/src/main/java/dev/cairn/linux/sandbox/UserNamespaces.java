package dev.cairn.linux.sandbox;

import dev.cairn.linux.file.Directory;
import dev.cairn.linux.mount.BindMount;
import dev.cairn.linux.mount.MountFlag;
import dev.cairn.linux.namespace.IdMap;
import dev.cairn.linux.namespace.NamespaceMaker;
import dev.cairn.linux.namespace.NamespacePool;
import dev.cairn.linux.namespace.Standing;
import dev.cairn.linux.namespace.StepNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Gives each step a user namespace of its own. Its network namespace belongs to it, or the step
 * could not mount /sys: where the network is not ours to give, /sys is a read-only copy without the
 * file systems mounted in it.
 */
final class UserNamespaces implements AutoCloseable {
  private static final Path SYS = Path.of("/sys");
  private static final int READY = 2;
  private static final Set<MountFlag> SEALED =
      Set.of(
          MountFlag.READ_ONLY, MountFlag.NO_SETUID, MountFlag.NO_DEVICES, MountFlag.NO_EXECUTION);

  private final IdMap ids;
  private final OciRuntime runtime;
  private final Path place;
  private final NamespacePool pool;
  private Optional<BindMount> devices = Optional.empty();

  /** {@code place} is where /sys may be mounted for steps on the machine's network. */
  UserNamespaces(IdMap ids, OciRuntime runtime, Path place) {
    this.ids = ids;
    this.runtime = runtime;
    this.place = place;
    this.pool = new NamespacePool(new NamespaceMaker(Optional.of(ids)), READY);
  }

  /** The namespaces of one step; to be closed after it. */
  StepSurroundings take(NetworkMode mode) throws IOException {
    return switch (mode) {
      case NetworkMode.Nothing nothing -> {
        var pair = pool.take();
        yield joined(pair, true, Optional.empty(), Optional.of(pair));
      }
      case NetworkMode.HostShared shared -> {
        var shown = devices();
        var pair = pool.take();
        yield joined(pair, false, Optional.of(shown), Optional.of(pair));
      }
      case NetworkMode.Prepared prepared -> {
        if (prepared.namespaces().user().isEmpty()) {
          throw new IOException("the step's network was prepared without a user namespace");
        }
        yield joined(prepared.namespaces(), true, Optional.empty(), Optional.empty());
      }
    };
  }

  private StepSurroundings joined(
      StepNamespaces pair,
      boolean withNetwork,
      Optional<Path> devices,
      Optional<StepNamespaces> own) {
    return new StepSurroundings(
        pair.user(),
        withNetwork ? Optional.of(pair.network()) : Optional.empty(),
        false,
        runtime.wantsMapOfJoined() ? Optional.of(ids) : Optional.empty(),
        devices,
        own);
  }

  private synchronized Path devices() throws IOException {
    if (devices.isEmpty()) {
      Files.createDirectories(place);
      devices =
          Optional.of(
              Standing.own().isRoot()
                  ? BindMount.mount(SYS, place, SEALED)
                  : BindMount.mountAll(SYS, place, SEALED));
    }
    return place;
  }

  /** Takes away what is mounted; the next step that needs it mounts it again. */
  synchronized void unmount() throws IOException {
    if (devices.isPresent()) {
      devices.get().close();
      devices = Optional.empty();
    }
  }

  /** Lets the root of steps walk through a directory, and nobody else. */
  void open(Path directory) throws IOException {
    try (var opened = Directory.open(directory)) {
      opened.setOwner("", 0, Math.toIntExact(ids.root()));
      opened.setMode("", 0710);
    }
  }

  @Override
  public void close() throws IOException {
    pool.close();
    unmount();
  }
}
