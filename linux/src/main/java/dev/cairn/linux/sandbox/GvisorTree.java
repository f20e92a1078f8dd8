package dev.cairn.linux.sandbox;

import dev.cairn.linux.file.Directory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Set;

/** What gVisor has to be told of a step's tree. */
final class GvisorTree {
  private static final String TEMPORARY = "/tmp";

  private GvisorTree() {}

  /**
   * gVisor lays a file system in memory over an empty /tmp, and what a step leaves there would be
   * missing in its layer. It does not where a mount stands there already: the tree's own /tmp.
   */
  static SandboxSpec keepTemporaryFiles(SandboxSpec spec) throws IOException {
    if (spec.mounts().stream().anyMatch(mount -> mount.target().equals(TEMPORARY))) {
      return spec;
    }
    try (var root = Directory.open(spec.rootfs())) {
      if (!root.exists(TEMPORARY) || !root.stat(TEMPORARY).isDirectory()) {
        return spec;
      }
    }
    var mounts = new ArrayList<SandboxMount>();
    mounts.add(new SandboxMount.Bind(spec.rootfs().resolve("tmp"), TEMPORARY, Set.of()));
    mounts.addAll(spec.mounts());
    return spec.withMounts(mounts);
  }
}
