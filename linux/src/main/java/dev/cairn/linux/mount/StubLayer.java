package dev.cairn.linux.mount;

import dev.cairn.linux.file.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * The lowest layer under a step: only empty mount points. The runtime finds its targets there, and
 * nothing that is injected leaves a mark in the upper directory. Directories that the image has too
 * take their attributes from the image.
 *
 * @param targets absolute paths inside the step's tree
 */
public record StubLayer(Collection<Target> targets) {
  /**
   * A mount point.
   *
   * @param path absolute
   * @param directory whether it is one
   * @param mode of the point where the image has nothing: runc gives it to a file system in memory
   *     that is mounted there
   */
  public record Target(String path, boolean directory, int mode) {
    /** Checks the path. */
    public Target {
      if (!path.startsWith("/") || path.equals("/")) {
        throw new IllegalArgumentException("a mount target is an absolute path, not " + path);
      }
    }

    /** One of the usual mode. */
    public Target(String path, boolean directory) {
      this(path, directory, directory ? 0755 : 0644);
    }

    private Target or(Target other) {
      return other.directory() ? other : this;
    }
  }

  /** What every step has. */
  public static final List<Target> ALWAYS =
      List.of(
          new Target("/proc", true),
          new Target("/sys", true),
          new Target("/dev", true),
          new Target("/etc/hosts", false),
          new Target("/etc/resolv.conf", false));

  /** Copies the targets. */
  public StubLayer {
    targets = List.copyOf(targets);
  }

  /** Makes the layer in a new directory. */
  public void writeTo(Path directory) throws IOException {
    Files.createDirectories(directory);
    // Sorted, and directories win: /run/secrets may be both a target and the parent of another.
    var sorted = new TreeMap<String, Target>();
    ALWAYS.forEach(target -> sorted.put(target.path(), target));
    targets.forEach(target -> sorted.merge(target.path(), target, Target::or));
    try (var root = Directory.open(directory)) {
      root.setMode("", 0755);
      for (var target : sorted.values()) {
        var path = target.path();
        if (target.directory()) {
          root.makeDirectories(path, 0755);
          root.setMode(path.substring(1), target.mode());
        } else {
          root.makeDirectories(parent(path), 0755);
          if (!root.exists(path)) {
            root.create(path, target.mode()).close();
          }
        }
      }
    }
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }
}
