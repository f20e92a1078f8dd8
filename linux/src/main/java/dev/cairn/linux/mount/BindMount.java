package dev.cairn.linux.mount;

import dev.cairn.linux.sys.KernelThreads;
import dev.cairn.linux.sys.MountCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** A directory or file of ours shown at a second place. */
public final class BindMount extends Mounted {
  private BindMount(Path target) {
    super(target);
  }

  /** Shows {@code source}, without mounts below it, at the existing {@code target}. */
  public static BindMount mount(Path source, Path target, Set<MountFlag> flags) throws IOException {
    KernelThreads.run(() -> {
      try (var tree = MountCalls.cloneTree(source.toString(), false)) {
        MountCalls.setAttributes(tree, MountFlag.bits(flags), false);
        MountCalls.attach(tree, target.toString());
      }
    });
    return new BindMount(target);
  }

  /**
   * Shows {@code source} with everything mounted below it, all of it with these flags: inside a
   * user namespace what is mounted below cannot be left out (mount_namespaces(7)).
   */
  public static BindMount mountAll(Path source, Path target, Set<MountFlag> flags)
      throws IOException {
    KernelThreads.run(() -> {
      try (var tree = MountCalls.cloneTree(source.toString(), true)) {
        MountCalls.setAttributes(tree, MountFlag.bits(flags), true);
        MountCalls.attach(tree, target.toString());
      }
    });
    return new BindMount(target);
  }

  /**
   * Lays a directory over itself with these flags, so that they hold for everything in it. Nothing
   * that is mounted in it later shows beneath.
   */
  public static BindMount onItself(Path directory, Set<MountFlag> flags) throws IOException {
    BindMount mounted = mount(directory, directory, flags);
    KernelThreads.run(() -> MountCalls.makePrivate(directory.toString()));
    return mounted;
  }
}
