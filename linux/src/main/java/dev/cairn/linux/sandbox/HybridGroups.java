package dev.cairn.linux.sandbox;

import dev.cairn.linux.mount.BindMount;
import dev.cairn.linux.mount.MountFlag;
import dev.cairn.linux.mount.MountTable;
import dev.cairn.linux.namespace.Standing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * crun does not start where cgroup v2 is mounted beside v1, whether it is to use groups or not.
 * Without root this service has a mount table to itself (the launcher saw to that), in which the v2
 * hierarchy can be covered; it cannot be unmounted there (mount_namespaces(7)).
 */
final class HybridGroups {
  private static final Path UNIFIED = Path.of("/sys/fs/cgroup/unified");

  private HybridGroups() {}

  /** Covers the hierarchy with an empty directory made below {@code place}; once is enough. */
  static void cover(Path place) throws IOException {
    if (Standing.own().isRoot()) {
      return;
    }
    var topmost =
        MountTable.read().entries().stream()
            .filter(entry -> entry.target().equals(UNIFIED.toString()))
            .reduce((lower, upper) -> upper);
    if (topmost.filter(entry -> entry.type().equals("cgroup2")).isPresent()) {
      Path nothing = Files.createDirectories(place.resolve("nothing"));
      BindMount.mount(nothing, UNIFIED, Set.of(MountFlag.READ_ONLY));
    }
  }
}
