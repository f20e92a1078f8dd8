package dev.cairn.linux.mount;

import dev.cairn.linux.LinuxException;
import dev.cairn.linux.sys.KernelThreads;
import dev.cairn.linux.sys.MountCalls;
import java.io.IOException;
import java.nio.file.Path;

/** A mount of ours that is taken away when closed; closing twice is harmless. */
public abstract sealed class Mounted implements AutoCloseable
    permits OverlayMount, BindMount, TmpfsMount, IdMappedMount {
  private final Path target;
  private boolean open = true;

  Mounted(Path target) {
    this.target = target;
  }

  /** Where it is mounted. */
  public final Path target() {
    return target;
  }

  /**
   * Unmounts. A mount that is still in use leaves the tree at once and is freed with its last user.
   */
  @Override
  public final synchronized void close() throws IOException {
    if (open) {
      open = false;
      unmount(target);
    }
  }

  /** Takes away the topmost mount at a path; none there is no error. */
  static void unmount(Path target) throws IOException {
    KernelThreads.run(() -> {
      try {
        MountCalls.unmount(target.toString(), false);
      } catch (LinuxException e) {
        switch (e.errno()) {
          case EBUSY -> MountCalls.unmount(target.toString(), true);
          case EINVAL, ENOENT -> {}
          default -> throw e;
        }
      }
    });
  }
}
