package dev.cairn.linux.sandbox;

import dev.cairn.linux.mount.MountFlag;
import java.nio.file.Path;
import java.util.Set;

/**
 * Something shown in a step's tree besides its layers. The target is an absolute path; if the tree
 * has nothing there, the runtime makes an empty mount point in the upper directory, so put the
 * target into the {@link dev.cairn.linux.mount.StubLayer}.
 */
public sealed interface SandboxMount {
  /** The absolute path inside the step's tree. */
  String target();

  /** A directory or file of the host, without what is mounted below it. */
  record Bind(Path source, String target, Set<MountFlag> flags) implements SandboxMount {
    /** Checks and copies. */
    public Bind {
      requireTarget(target);
      flags = Set.copyOf(flags);
    }

    /** One that cannot be written. */
    public static Bind readOnly(Path source, String target) {
      return new Bind(source, target, Set.of(MountFlag.READ_ONLY));
    }

    /** One that can be written. */
    public static Bind writable(Path source, String target) {
      return new Bind(source, target, Set.of());
    }
  }

  /**
   * An empty file system in memory, {@code nosuid,nodev}.
   *
   * @param bytes its greatest size
   * @param mode of its root
   */
  record Tmpfs(String target, long bytes, int mode) implements SandboxMount {
    /** Checks. */
    public Tmpfs {
      requireTarget(target);
      if (bytes < 4096 || mode < 0 || mode > 07777) {
        throw new IllegalArgumentException("tmpfs of " + bytes + " bytes, mode " + mode);
      }
    }
  }

  /**
   * One file whose bytes are in memory only, read-only: a secret.
   *
   * @param uid owner as the step sees it
   * @param gid group as the step sees it
   * @param mode permission bits
   */
  record Content(String target, SecretBytes bytes, int uid, int gid, int mode)
      implements SandboxMount {
    /** Checks. */
    public Content {
      requireTarget(target);
      if (uid < 0 || gid < 0 || mode < 0 || mode > 0777) {
        throw new IllegalArgumentException("owner and mode of the file at " + target);
      }
    }
  }

  private static void requireTarget(String target) {
    if (!target.startsWith("/") || target.equals("/") || target.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a mount target is an absolute path, not " + target);
    }
  }
}
