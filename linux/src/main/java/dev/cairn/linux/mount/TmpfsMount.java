package dev.cairn.linux.mount;

import dev.cairn.linux.sys.KernelThreads;
import dev.cairn.linux.sys.MountCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** An empty file system in memory, for what must never reach a disk. */
public final class TmpfsMount extends Mounted {
  private TmpfsMount(Path target) {
    super(target);
  }

  /**
   * Mounts one over an existing directory.
   *
   * @param bytes its greatest size
   * @param mode of its root directory
   */
  public static TmpfsMount mount(Path target, long bytes, int mode, Set<MountFlag> flags)
      throws IOException {
    KernelThreads.run(() -> {
      try (var fileSystem = MountCalls.openFileSystem("tmpfs")) {
        MountCalls.configure(fileSystem, "size", Long.toString(bytes));
        MountCalls.configure(fileSystem, "mode", Integer.toOctalString(mode));
        try (var mount = MountCalls.create(fileSystem, MountFlag.bits(flags))) {
          MountCalls.attach(mount, target.toString());
        }
      }
    });
    return new TmpfsMount(target);
  }
}
