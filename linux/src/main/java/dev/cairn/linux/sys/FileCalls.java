package dev.cairn.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.cairn.linux.FileKind;
import dev.cairn.linux.FileStat;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.PathBytes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Calls on files. Those with a directory and a name take one component and follow no link. */
public final class FileCalls {
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int O_CLOEXEC = 02000000;
  private static final int STATX_BASIC = 0x7ff;
  private static final int AT_STATX_DONT_SYNC = 0x4000;
  private static final int RENAME_NOREPLACE = 1;
  private static final int EAGAIN = 11;
  private static final int ERANGE = 34;

  private FileCalls() {}

  /** Opens a path of our own, from "/" or the working directory. */
  public static Fd open(String path, int mode, OpenFlag... flags) throws LinuxException {
    return openAt(AT_FDCWD, path, Resolve.FREE, mode, flags);
  }

  /** Opens {@code path} below {@code directory}. */
  public static Fd openAt(Fd directory, String path, Resolve resolve, int mode, OpenFlag... flags)
      throws LinuxException {
    return openAt(directory.number(), path, resolve, mode, flags);
  }

  private static Fd openAt(int directory, String path, Resolve resolve, int mode, OpenFlag... flags)
      throws LinuxException {
    long bits = O_CLOEXEC;
    boolean create = false;
    for (var flag : flags) {
      bits |= flag.bits();
      create |= flag == OpenFlag.CREATE;
    }
    try (var frame = new Frame()) {
      var how = frame.memory(24);
      how.set(JAVA_LONG, 0, bits);
      how.set(JAVA_LONG, 8, create ? mode : 0);
      how.set(JAVA_LONG, 16, resolve.bits());
      long name = frame.text(path.isEmpty() ? "." : path);
      long result = -EAGAIN;
      // EAGAIN: a rename somewhere raced with "..", and the kernel would not vouch for the result.
      for (int i = 0; i < 100 && result == -EAGAIN; i++) {
        result = frame.call(SystemCall.OPENAT2, directory, name, how.address(), 24, 0);
      }
      if (result < 0) {
        throw new LinuxException("openat2", path, (int) -result);
      }
      return new Fd((int) result);
    }
  }

  static void close(int fd) {
    try (var frame = new Frame()) {
      frame.call(SystemCall.CLOSE, fd, 0, 0, 0, 0);
    }
  }

  /** The attributes of the open file itself. */
  public static FileStat stat(Fd file) throws LinuxException {
    return stat(file, "", AT_EMPTY_PATH);
  }

  /** The attributes of an entry of a directory. */
  public static FileStat stat(Fd directory, String name) throws LinuxException {
    return stat(directory, name, AT_SYMLINK_NOFOLLOW);
  }

  private static FileStat stat(Fd directory, String name, int flags) throws LinuxException {
    try (var frame = new Frame()) {
      var s = frame.memory(256);
      frame.must(
          SystemCall.STATX,
          name,
          directory.number(),
          frame.text(name),
          flags | AT_STATX_DONT_SYNC,
          STATX_BASIC,
          s.address());
      int mode = s.get(JAVA_SHORT, 28) & 0xFFFF;
      return new FileStat(
          FileKind.of(mode),
          mode & 07777,
          s.get(JAVA_INT, 20),
          s.get(JAVA_INT, 24),
          s.get(JAVA_LONG, 40),
          s.get(JAVA_LONG, 112),
          s.get(JAVA_INT, 120),
          s.get(JAVA_LONG, 32),
          ((long) s.get(JAVA_INT, 136) << 32) | (s.get(JAVA_INT, 140) & 0xFFFFFFFFL),
          s.get(JAVA_INT, 16),
          s.get(JAVA_INT, 128),
          s.get(JAVA_INT, 132),
          s.get(JAVA_LONG, 48));
    }
  }

  /**
   * The names in a directory opened for reading, in the kernel's order, without dot and dot-dot.
   */
  public static List<String> list(Fd directory) throws LinuxException {
    var names = new ArrayList<String>();
    each(directory, 32 * 1024, names::add);
    return names;
  }

  /** Sees the names of a directory. */
  @FunctionalInterface
  public interface Names<E extends Exception> {
    /** One of them. */
    void see(String name) throws E;
  }

  /**
   * Shows the names as {@link #list} would, holding only a buffer of them at a time.
   *
   * @param bytes of the buffer, at least 1 KiB
   */
  public static <E extends Exception> void each(Fd directory, int bytes, Names<E> names)
      throws LinuxException, E {
    try (var frame = new Frame()) {
      // The descriptor may have been listed before.
      frame.must(SystemCall.LSEEK, "", directory.number(), 0, 0, 0, 0);
      var buffer = frame.memory(bytes);
      while (true) {
        long n =
            frame.must(
                SystemCall.GETDENTS64,
                "",
                directory.number(),
                buffer.address(),
                buffer.byteSize(),
                0,
                0);
        if (n == 0) {
          return;
        }
        for (long at = 0; at < n; ) {
          int length = buffer.get(JAVA_SHORT, at + 16) & 0xFFFF;
          var name = name(buffer, at + 19, at + length);
          if (!name.equals(".") && !name.equals("..")) {
            names.see(name);
          }
          at += length;
        }
      }
    }
  }

  private static String name(MemorySegment buffer, long from, long end) {
    long to = from;
    while (to < end && buffer.get(JAVA_BYTE, to) != 0) {
      to++;
    }
    return PathBytes.decode(buffer.asSlice(from, to - from).toArray(JAVA_BYTE));
  }

  /** Makes a directory; the process's umask applies, so set the mode afterwards. */
  public static void makeDirectory(Fd parent, String name, int mode) throws LinuxException {
    try (var frame = new Frame()) {
      frame.must(SystemCall.MKDIRAT, name, parent.number(), frame.text(name), mode, 0, 0);
    }
  }

  /** Makes a node of a kind; the process's umask applies. */
  public static void makeNode(Fd parent, String name, FileKind kind, int mode, int major, int minor)
      throws LinuxException {
    // The kernel's encoding of a device number, include/linux/kdev_t.h new_encode_dev.
    long device = (minor & 0xffL) | ((major & 0xfffL) << 8) | ((minor & ~0xffL) << 12);
    try (var frame = new Frame()) {
      long full = kind.bits() | mode;
      frame.must(SystemCall.MKNODAT, name, parent.number(), frame.text(name), full, device, 0);
    }
  }

  /** Makes a symbolic link with this text. */
  public static void symlink(String text, Fd parent, String name) throws LinuxException {
    try (var frame = new Frame()) {
      long target = frame.text(text);
      frame.must(SystemCall.SYMLINKAT, name, target, parent.number(), frame.text(name), 0, 0);
    }
  }

  /** Gives a file a second name; a symbolic link is linked itself. */
  public static void link(Fd fromParent, String from, Fd toParent, String to)
      throws LinuxException {
    try (var frame = new Frame()) {
      long old = frame.text(from);
      frame.must(
          SystemCall.LINKAT, to, fromParent.number(), old, toParent.number(), frame.text(to), 0);
    }
  }

  /** Removes a name that is not a directory. */
  public static void unlink(Fd parent, String name) throws LinuxException {
    try (var frame = new Frame()) {
      frame.must(SystemCall.UNLINKAT, name, parent.number(), frame.text(name), 0, 0, 0);
    }
  }

  /** Removes an empty directory. */
  public static void removeDirectory(Fd parent, String name) throws LinuxException {
    try (var frame = new Frame()) {
      frame.must(SystemCall.UNLINKAT, name, parent.number(), frame.text(name), AT_REMOVEDIR, 0, 0);
    }
  }

  /** Moves a name; with {@code replace} false an existing target is {@code EEXIST}. */
  public static void rename(Fd fromParent, String from, Fd toParent, String to, boolean replace)
      throws LinuxException {
    try (var frame = new Frame()) {
      long old = frame.text(from);
      long flags = replace ? 0 : RENAME_NOREPLACE;
      long name = frame.text(to);
      frame.must(
          SystemCall.RENAMEAT2, to, fromParent.number(), old, toParent.number(), name, flags);
    }
  }

  /** The text of a symbolic link, at most {@code PATH_MAX} bytes as the kernel allows. */
  public static String readLink(Fd parent, String name) throws LinuxException {
    try (var frame = new Frame()) {
      var buffer = frame.memory(4096);
      long n =
          frame.must(
              SystemCall.READLINKAT,
              name,
              parent.number(),
              frame.text(name),
              buffer.address(),
              buffer.byteSize(),
              0);
      return PathBytes.decode(buffer.asSlice(0, n).toArray(JAVA_BYTE));
    }
  }

  /** Changes owner and group of an entry, of a link itself. This clears setuid bits. */
  public static void chown(Fd parent, String name, int uid, int gid) throws LinuxException {
    try (var frame = new Frame()) {
      long flags = name.isEmpty() ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
      frame.must(
          SystemCall.FCHOWNAT,
          name,
          parent.number(),
          frame.text(name),
          uid & 0xFFFFFFFFL,
          gid & 0xFFFFFFFFL,
          flags);
    }
  }

  /** Sets the permission bits of an open file, also one opened as {@link OpenFlag#PATH}. */
  public static void chmod(Fd file, int mode) throws LinuxException {
    try (var frame = new Frame()) {
      var path = file.path();
      frame.must(SystemCall.FCHMODAT, path, AT_FDCWD, frame.text(path), mode, 0, 0);
    }
  }

  /** Sets the modification and access time of an entry, of a link itself. */
  public static void setTimes(Fd parent, String name, long seconds, int nanos)
      throws LinuxException {
    try (var frame = new Frame()) {
      var times = frame.memory(32);
      times.set(JAVA_LONG, 0, seconds);
      times.set(JAVA_LONG, 8, nanos);
      times.set(JAVA_LONG, 16, seconds);
      times.set(JAVA_LONG, 24, nanos);
      frame.must(
          SystemCall.UTIMENSAT,
          name,
          parent.number(),
          frame.text(name),
          times.address(),
          AT_SYMLINK_NOFOLLOW,
          0);
    }
  }

  /** Sets an extended attribute of an open file, also of a symbolic link opened as a path. */
  public static void setAttribute(Fd file, String name, byte[] value) throws LinuxException {
    try (var frame = new Frame()) {
      long path = frame.text(file.path());
      var bytes = frame.copy(value);
      frame.must(
          SystemCall.SETXATTR, name, path, frame.text(name), bytes.address(), value.length, 0);
    }
  }

  /** Removes an extended attribute. */
  public static void removeAttribute(Fd file, String name) throws LinuxException {
    try (var frame = new Frame()) {
      long path = frame.text(file.path());
      frame.must(SystemCall.REMOVEXATTR, name, path, frame.text(name), 0, 0, 0);
    }
  }

  /** The value of an extended attribute. */
  public static byte[] attribute(Fd file, String name) throws LinuxException {
    try (var frame = new Frame()) {
      long path = frame.text(file.path());
      return grow(frame, SystemCall.GETXATTR, name, path, frame.text(name));
    }
  }

  /** The names of the extended attributes, empty where the file system has none. */
  public static List<String> attributeNames(Fd file) throws LinuxException {
    var names = new ArrayList<String>();
    try (var frame = new Frame()) {
      byte[] all = grow(frame, SystemCall.LISTXATTR, "", frame.text(file.path()), -1);
      int from = 0;
      for (int i = 0; i < all.length; i++) {
        if (all[i] == 0) {
          names.add(PathBytes.decode(all, from, i - from));
          from = i + 1;
        }
      }
    }
    return names;
  }

  /** Reads with a small buffer first; the kernel caps both calls at 64 KiB. */
  private static byte[] grow(Frame frame, SystemCall call, String what, long path, long name)
      throws LinuxException {
    long result = -ERANGE;
    for (long size = 256; size <= 65536 && result == -ERANGE; size *= 16) {
      var buffer = frame.memory(size);
      result =
          name == -1
              ? frame.call(call, path, buffer.address(), size, 0, 0)
              : frame.call(call, path, name, buffer.address(), size, 0);
      if (result >= 0) {
        return buffer.asSlice(0, result).toArray(JAVA_BYTE);
      }
    }
    if (call == SystemCall.LISTXATTR && result == -95) {
      return new byte[0];
    }
    throw new LinuxException(
        call == SystemCall.LISTXATTR ? "listxattr" : "getxattr", what, (int) -result);
  }

  /** Waits until a file's or a directory's changes are on the disk. */
  public static void sync(Fd file) throws LinuxException {
    try (var frame = new Frame()) {
      frame.must(SystemCall.FSYNC, "", file.number(), 0, 0, 0, 0);
    }
  }

  /** Waits until the whole file system that holds this file is on the disk. */
  public static void syncFileSystem(Fd file) throws LinuxException {
    try (var frame = new Frame()) {
      frame.must(SystemCall.SYNCFS, "", file.number(), 0, 0, 0, 0);
    }
  }

  /**
   * What a file system has; statfs(2).
   *
   * @param type the kernel's magic number of its kind
   * @param freeBytes for root
   * @param freeInodes 0 where {@code inodes} is 0: they are made as needed
   */
  public record Space(long type, long bytes, long freeBytes, long inodes, long freeInodes) {}

  /** What the file system of an open file has. */
  public static Space space(Fd file) throws LinuxException {
    try (var frame = new Frame()) {
      var s = frame.memory(256);
      frame.must(SystemCall.FSTATFS, "", file.number(), s.address(), 0, 0, 0);
      long block = s.get(JAVA_LONG, 8);
      return new Space(
          s.get(JAVA_LONG, 0),
          s.get(JAVA_LONG, 16) * block,
          s.get(JAVA_LONG, 24) * block,
          s.get(JAVA_LONG, 40),
          s.get(JAVA_LONG, 48));
    }
  }
}
