package dev.cairn.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cairn.linux.Errno;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.PathBytes;
import java.util.Locale;

/** Calls that change the mount table. They can block: run them on {@link KernelThreads}. */
public final class MountCalls {
  private static final int AT_FDCWD = -100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_RECURSIVE = 0x8000;
  private static final int FSOPEN_CLOEXEC = 1;
  private static final int FSMOUNT_CLOEXEC = 1;
  private static final int FSCONFIG_SET_FLAG = 0;
  private static final int FSCONFIG_SET_STRING = 1;
  private static final int FSCONFIG_CMD_CREATE = 6;
  private static final int OPEN_TREE_CLONE = 1;
  private static final int OPEN_TREE_CLOEXEC = 02000000;
  private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
  private static final long MOUNT_ATTR_IDMAP = 0x100000;
  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;
  private static final int MS_PRIVATE = 1 << 18;

  private static final long STATFS_FLAGS = 80;

  private MountCalls() {}

  /** Begins a new file system of a type; configure it, then {@link #create}. */
  public static Fd openFileSystem(String type) throws LinuxException {
    try (var frame = new Frame()) {
      long name = frame.text(type);
      return new Fd((int) frame.must(SystemCall.FSOPEN, type, name, FSOPEN_CLOEXEC, 0, 0, 0));
    }
  }

  /** Sets an option; the kernel takes at most 255 bytes. */
  public static void configure(Fd fileSystem, String key, String value) throws LinuxException {
    try (var frame = new Frame()) {
      long name = frame.text(key);
      long text = frame.text(value);
      long result =
          frame.call(SystemCall.FSCONFIG, fileSystem.number(), FSCONFIG_SET_STRING, name, text, 0);
      refused(fileSystem, key + "=" + value, result);
    }
  }

  /** Sets an option without a value. */
  public static void configure(Fd fileSystem, String key) throws LinuxException {
    try (var frame = new Frame()) {
      long name = frame.text(key);
      refused(
          fileSystem,
          key,
          frame.call(SystemCall.FSCONFIG, fileSystem.number(), FSCONFIG_SET_FLAG, name, 0, 0));
    }
  }

  /** Makes the file system and a mount of it that hangs nowhere yet. */
  public static Fd create(Fd fileSystem, long attributes) throws LinuxException {
    try (var frame = new Frame()) {
      refused(
          fileSystem,
          "create",
          frame.call(SystemCall.FSCONFIG, fileSystem.number(), FSCONFIG_CMD_CREATE, 0, 0, 0));
      long result =
          frame.call(SystemCall.FSMOUNT, fileSystem.number(), FSMOUNT_CLOEXEC, attributes, 0, 0);
      refused(fileSystem, "mount", result);
      return new Fd((int) result);
    }
  }

  private static void refused(Fd fileSystem, String what, long result) throws LinuxException {
    if (result < 0) {
      throw new LinuxException("fsconfig", what, Errno.of((int) -result), reason(fileSystem));
    }
  }

  /** The kernel leaves a sentence in the descriptor that says more than the number. */
  private static String reason(Fd fileSystem) {
    try (var frame = new Frame()) {
      var buffer = frame.memory(1024);
      long n = frame.call(SystemCall.READ, fileSystem.number(), buffer.address(), 1024, 0, 0);
      return n <= 0 ? "" : PathBytes.decode(buffer.asSlice(0, n).toArray(JAVA_BYTE)).strip();
    }
  }

  /** A second mount of a directory or file, with what is mounted below it if asked. */
  public static Fd cloneTree(String path, boolean recursive) throws LinuxException {
    long flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0);
    try (var frame = new Frame()) {
      long name = frame.text(path);
      return new Fd((int) frame.must(SystemCall.OPEN_TREE, path, AT_FDCWD, name, flags, 0, 0));
    }
  }

  /** Adds attributes to a mount. */
  public static void setAttributes(Fd mount, long attributes, boolean recursive)
      throws LinuxException {
    try (var frame = new Frame()) {
      var what = frame.memory(32);
      what.set(JAVA_LONG, 0, attributes);
      long flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
      long empty = frame.text("");
      frame.must(SystemCall.MOUNT_SETATTR, "", mount.number(), empty, flags, what.address(), 32);
    }
  }

  /**
   * Shows a mount that hangs nowhere yet with the identities of a user namespace: who is 0 on the
   * disk is the one that the namespace's map gives for 0 (mount_setattr(2), MOUNT_ATTR_IDMAP).
   */
  public static void mapIdentities(Fd mount, Fd userNamespace) throws LinuxException {
    try (var frame = new Frame()) {
      var what = frame.memory(32);
      what.set(JAVA_LONG, 0, MOUNT_ATTR_IDMAP);
      what.set(JAVA_LONG, 24, userNamespace.number());
      long empty = frame.text("");
      frame.must(
          SystemCall.MOUNT_SETATTR,
          "identities of a mount",
          mount.number(),
          empty,
          AT_EMPTY_PATH,
          what.address(),
          32);
    }
  }

  /** Hangs a mount over a path. */
  public static void attach(Fd mount, String path) throws LinuxException {
    try (var frame = new Frame()) {
      long target = frame.text(path);
      frame.must(
          SystemCall.MOVE_MOUNT,
          path,
          mount.number(),
          frame.text(""),
          AT_FDCWD,
          target,
          MOVE_MOUNT_F_EMPTY_PATH);
    }
  }

  /** The flags of the mount that a path lies on, ST_* of statfs(2), which are those of mount(2). */
  public static long flags(String path) throws LinuxException {
    try (var frame = new Frame()) {
      var answer = frame.memory(120);
      frame.must(SystemCall.STATFS, path, frame.text(path), answer.address(), 0, 0, 0);
      return answer.get(JAVA_LONG, STATFS_FLAGS);
    }
  }

  /** The old mount(2), for kernels without the newer calls. */
  public static void mount(String type, String target, long flags, String options)
      throws LinuxException {
    try (var frame = new Frame()) {
      long name = frame.text(type);
      long path = frame.text(target);
      long data = frame.text(options);
      frame.must(SystemCall.MOUNT, target, name, path, name, flags, data);
    }
  }

  /** Keeps later mounts below this one out of other namespaces and theirs out of ours. */
  public static void makePrivate(String target) throws LinuxException {
    try (var frame = new Frame()) {
      frame.must(SystemCall.MOUNT, target, 0, frame.text(target), 0, MS_PRIVATE, 0);
    }
  }

  /** Unmounts; {@code detach} takes it out of the tree at once and frees it with its last user. */
  public static void unmount(String target, boolean detach) throws LinuxException {
    try (var frame = new Frame()) {
      long flags = UMOUNT_NOFOLLOW | (detach ? MNT_DETACH : 0);
      long result = frame.call(SystemCall.UMOUNT2, frame.text(target), flags, 0, 0, 0);
      if (result < 0) {
        var name = SystemCall.UMOUNT2.name().toLowerCase(Locale.ROOT);
        throw new LinuxException(name, target, (int) -result);
      }
    }
  }
}
