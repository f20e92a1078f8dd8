package dev.cairn.linux.mount;

import dev.cairn.linux.namespace.IdMap;
import dev.cairn.linux.namespace.NamespaceMaker;
import dev.cairn.linux.sys.KernelThreads;
import dev.cairn.linux.sys.MountCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory shown at a second place with other identities: what belongs to 0 on the disk belongs
 * there to the root of the map, and what that one makes there belongs to 0 on the disk.
 */
public final class IdMappedMount extends Mounted {
  private IdMappedMount(Path target) {
    super(target);
  }

  /**
   * Shows {@code source}, without mounts below it, at the existing {@code target}.
   *
   * @throws IOException if the kernel (before 5.12) or the file system cannot
   */
  static IdMappedMount mount(Path source, Path target, IdMap ids) throws IOException {
    // The namespace only carries the map; the kernel keeps the map with the mount.
    try (var namespaces = new NamespaceMaker(Optional.of(ids)).make()) {
      KernelThreads.run(() -> {
        try (var tree = MountCalls.cloneTree(source.toString(), false)) {
          MountCalls.mapIdentities(tree, namespaces.user().orElseThrow());
          MountCalls.attach(tree, target.toString());
        }
      });
    }
    return new IdMappedMount(target);
  }
}
