package dev.cairn.linux.mount;

import dev.cairn.linux.namespace.IdMap;
import dev.cairn.linux.sys.FileIdentity;
import dev.cairn.linux.sys.KernelThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whose the files of this service are when a step sees them. On the disk root's files always belong
 * to 0, so trees, caches and layers are the same on every rung; what differs is how they are shown.
 */
public sealed interface Owners {
  /** Steps have this machine's own identities: files are shown as they are. */
  record Host() implements Owners {
    @Override
    public Path shown(Path path) {
      return path;
    }

    @Override
    public <T> T asRoot(KernelThreads.Work<T> work) throws IOException {
      return KernelThreads.call(work);
    }

    @Override
    public int outside(int inside) {
      return inside;
    }

    @Override
    public View lay() {
      return () -> {};
    }
  }

  /**
   * This service is root of a user namespace only, and steps have the identities of that one: files
   * are shown as they are.
   *
   * @param ids theirs; if there is only root, everybody is
   */
  record Same(IdMap ids) implements Owners {
    @Override
    public Path shown(Path path) {
      return path;
    }

    @Override
    public <T> T asRoot(KernelThreads.Work<T> work) throws IOException {
      return KernelThreads.call(work);
    }

    @Override
    public int outside(int inside) {
      return ids.isRootOnly() ? 0 : Math.toIntExact(ids.outside(inside));
    }

    @Override
    public View lay() {
      return () -> {};
    }
  }

  /**
   * Steps have identities of their own.
   *
   * @param ids theirs
   * @param ground the directory of everything that is shown to steps
   * @param view where it is mounted a second time with these identities, below it
   */
  record Mapped(IdMap ids, Path ground, Path view) implements Owners {
    /** The view lies in a directory of the ground. */
    public static Mapped of(IdMap ids, Path ground) {
      Path whole = ground.toAbsolutePath().normalize();
      return new Mapped(ids, whole, whole.resolve("mapped"));
    }

    @Override
    public Path shown(Path path) {
      Path whole = path.toAbsolutePath().normalize();
      if (!whole.startsWith(ground) || whole.startsWith(view)) {
        return path;
      }
      return view.resolve(ground.relativize(whole));
    }

    @Override
    public <T> T asRoot(KernelThreads.Work<T> work) throws IOException {
      return FileIdentity.call(ids.root(), work);
    }

    @Override
    public int outside(int inside) {
      return Math.toIntExact(ids.outside(inside));
    }

    @Override
    public View lay() throws IOException {
      return IdMappedMount.mount(ground, Files.createDirectories(view), ids)::close;
    }
  }

  /**
   * The path under which a step may be given a file or directory of ours. What lies elsewhere, or
   * is a mount of its own below the ground, is shown as it is: so do not ask for the target of an
   * {@link OverlayMount}, which has its owners already.
   */
  Path shown(Path path);

  /**
   * Does work on a step's merged view as the step's own root; what it makes belongs to that one.
   */
  <T> T asRoot(KernelThreads.Work<T> work) throws IOException;

  /** As {@link #asRoot} for work without a result. */
  default void runAsRoot(KernelThreads.Task task) throws IOException {
    asRoot(() -> {
      task.run();
      return true;
    });
  }

  /**
   * Who a user or group of a step is on this machine.
   *
   * @throws IllegalArgumentException if the step has no such identity
   */
  int outside(int inside);

  /** Mounts what {@link #shown} names, where that takes a mount. */
  View lay() throws IOException;

  /** Lasts until it is closed. */
  @FunctionalInterface
  interface View extends AutoCloseable {
    @Override
    void close() throws IOException;
  }
}
