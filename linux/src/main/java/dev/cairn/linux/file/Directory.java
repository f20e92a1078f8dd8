package dev.cairn.linux.file;

import dev.cairn.linux.Errno;
import dev.cairn.linux.FileKind;
import dev.cairn.linux.FileStat;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.PathBytes;
import dev.cairn.linux.namespace.Standing;
import dev.cairn.linux.sys.Fd;
import dev.cairn.linux.sys.FileCalls;
import dev.cairn.linux.sys.OpenFlag;
import dev.cairn.linux.sys.Resolve;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * An open root directory. Every path given to it names something below it and can never name
 * anything else, whatever links lie there and whoever renames meanwhile.
 *
 * <p>Paths are strings of {@link PathBytes}, relative; a leading slash means the root itself, ".."
 * is refused with {@code EXDEV}. Operations that change something walk the parents without
 * following any link ({@code openat2} with {@code RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS}); a link
 * on the way is {@code ELOOP}. The last component is never followed. Reads take {@link Links}. May
 * be used by many threads at once.
 */
public final class Directory implements AutoCloseable {
  private final Fd root;
  private final String place;

  private Directory(Fd root, String place) {
    this.root = root;
    this.place = place;
  }

  /** Opens a directory of our own. */
  public static Directory open(Path path) throws IOException {
    var text = path.toAbsolutePath().toString();
    return new Directory(FileCalls.open(text, 0, OpenFlag.DIRECTORY), text);
  }

  /** Opens a directory below this one as a root of its own. */
  public Directory openDirectory(String path, Links links) throws IOException {
    var fd = FileCalls.openAt(root, below(path), links.resolve(), 0, OpenFlag.DIRECTORY);
    return new Directory(fd, place + "/" + path);
  }

  private static String below(String path) {
    // RESOLVE_BENEATH refuses an absolute path, RESOLVE_IN_ROOT reads it as we want it.
    int i = 0;
    while (i < path.length() && path.charAt(i) == '/') {
      i++;
    }
    return path.substring(i);
  }

  private Fd parent(TreePath path) throws LinuxException {
    return FileCalls.openAt(
        root, path.parent(), Resolve.BENEATH, 0, OpenFlag.PATH, OpenFlag.DIRECTORY);
  }

  private Fd handle(String path) throws LinuxException {
    var clean = TreePath.clean(path);
    return FileCalls.openAt(root, clean, Resolve.BENEATH, 0, OpenFlag.PATH, OpenFlag.NO_FOLLOW);
  }

  private static TreePath named(String path) throws LinuxException {
    var result = TreePath.of(path);
    if (result.isRoot()) {
      throw new LinuxException("open", path, Errno.EEXIST, "this is the root itself");
    }
    return result;
  }

  /** Makes a new regular file and writes it; fails with {@code EEXIST} if the name is taken. */
  public OutputStream create(String path, int mode) throws IOException {
    return new FdOutputStream(createFile(path, mode));
  }

  /** As {@link #create}, as a channel, for positioned writes and transfers inside the kernel. */
  public FileChannel createChannel(String path, int mode) throws IOException {
    try (var file = createFile(path, mode)) {
      return FileChannel.open(Path.of(file.path()), StandardOpenOption.WRITE);
    }
  }

  private Fd createFile(String path, int mode) throws LinuxException {
    var where = named(path);
    var file =
        FileCalls.openAt(
            root,
            where.toString(),
            Resolve.BENEATH,
            0600,
            OpenFlag.WRITE_ONLY,
            OpenFlag.CREATE,
            OpenFlag.EXCLUSIVE,
            OpenFlag.NO_FOLLOW);
    try {
      FileCalls.chmod(file, mode);
      return file;
    } catch (LinuxException e) {
      file.close();
      throw e;
    }
  }

  /** Makes one directory with exactly this mode, whatever the umask. */
  public void makeDirectory(String path, int mode) throws IOException {
    var where = named(path);
    try (var parent = parent(where)) {
      FileCalls.makeDirectory(parent, where.name(), 0700);
      chmodAt(parent, where.name(), mode);
    }
  }

  /** Makes a directory and those above it that are missing; leaves existing ones as they are. */
  public void makeDirectories(String path, int mode) throws IOException {
    var clean = TreePath.clean(path);
    if (clean.isEmpty() || exists(clean)) {
      requireDirectory(clean);
      return;
    }
    makeDirectories(TreePath.of(clean).parent(), mode);
    try {
      makeDirectory(clean, mode);
    } catch (LinuxException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
      requireDirectory(clean);
    }
  }

  private void requireDirectory(String path) throws IOException {
    if (!stat(path).isDirectory()) {
      throw new LinuxException("mkdirat", path, Errno.ENOTDIR, "");
    }
  }

  /** Makes a symbolic link; its text is kept as it is and never followed by us. */
  public void symlink(String path, String text) throws IOException {
    var where = named(path);
    try (var parent = parent(where)) {
      FileCalls.symlink(text, parent, where.name());
    }
  }

  /** Gives the file at {@code existing} the second name {@code path}; both lie below this root. */
  public void link(String path, String existing) throws IOException {
    var from = named(existing);
    var to = named(path);
    try (var fromParent = parent(from);
        var toParent = parent(to)) {
      FileCalls.link(fromParent, from.name(), toParent, to.name());
    }
  }

  /** Makes a device node, fifo or socket with exactly this mode. */
  public void makeNode(String path, FileKind kind, int mode, int major, int minor)
      throws IOException {
    var where = named(path);
    try (var parent = parent(where)) {
      FileCalls.makeNode(parent, where.name(), kind, 0600, major, minor);
      chmodAt(parent, where.name(), mode);
    }
  }

  private static void chmodAt(Fd parent, String name, int mode) throws LinuxException {
    try (var file =
        FileCalls.openAt(parent, name, Resolve.BENEATH, 0, OpenFlag.PATH, OpenFlag.NO_FOLLOW)) {
      FileCalls.chmod(file, mode);
    }
  }

  /** Removes a file, link or whole directory, following nothing; a missing one is no error. */
  public void remove(String path) throws IOException {
    var where = named(path);
    try (var parent = parent(where)) {
      var stat = FileCalls.stat(parent, where.name());
      if (stat.isDirectory()) {
        try (var directory =
            FileCalls.openAt(parent, where.name(), Resolve.BENEATH, 0, OpenFlag.DIRECTORY)) {
          new TreeRemoval(directory).empty();
        }
        FileCalls.removeDirectory(parent, where.name());
      } else {
        FileCalls.unlink(parent, where.name());
      }
    } catch (LinuxException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  /** Removes everything below this root and keeps the root. */
  public void removeContent() throws IOException {
    new TreeRemoval(root).empty();
  }

  /** Sets the permission bits; a symbolic link has none of its own and is {@code EOPNOTSUPP}. */
  public void setMode(String path, int mode) throws IOException {
    try (var file = handle(path)) {
      FileCalls.chmod(file, mode);
    }
  }

  /**
   * Sets owner and group, of a link itself. The kernel clears setuid, setgid and file capabilities
   * then: set mode and attributes afterwards.
   */
  public void setOwner(String path, int uid, int gid) throws IOException {
    var standing = Standing.own();
    if (standing.kind() == Standing.Kind.SINGLE_IDENTITY) {
      return;
    }
    if (!standing.holds(Integer.toUnsignedLong(uid))
        || !standing.holds(Integer.toUnsignedLong(gid))) {
      throw new OwnerException(
          path, Integer.toUnsignedLong(uid), Integer.toUnsignedLong(gid), standing);
    }
    var where = TreePath.of(path);
    try (var parent = parent(where)) {
      FileCalls.chown(parent, where.isRoot() ? "." : where.name(), uid, gid);
    }
  }

  /** Sets the modification and access time, of a link itself. */
  public void setModified(String path, long seconds, int nanos) throws IOException {
    var where = TreePath.of(path);
    try (var parent = parent(where)) {
      FileCalls.setTimes(parent, where.isRoot() ? "." : where.name(), seconds, nanos);
    }
  }

  /** Sets an extended attribute, of a link itself. */
  public void setAttribute(String path, String attribute, byte[] value) throws IOException {
    try (var file = handle(path)) {
      FileCalls.setAttribute(file, attribute, value);
    }
  }

  /** Removes an extended attribute; a missing one is {@code ENODATA}. */
  public void removeAttribute(String path, String attribute) throws IOException {
    try (var file = handle(path)) {
      FileCalls.removeAttribute(file, attribute);
    }
  }

  /** The extended attributes, of a link itself. */
  public ExtendedAttributes attributes(String path) throws IOException {
    try (var file = handle(path)) {
      return TreeEntry.read(file);
    }
  }

  /** Moves a name inside this root over whatever is there, as rename(2) allows. */
  public void rename(String from, String to) throws IOException {
    var source = named(from);
    var target = named(to);
    try (var sourceParent = parent(source);
        var targetParent = parent(target)) {
      FileCalls.rename(sourceParent, source.name(), targetParent, target.name(), true);
    }
  }

  /** The attributes, of a link itself; {@code ENOENT} if missing. */
  public FileStat stat(String path) throws IOException {
    try (var file = handle(path)) {
      return FileCalls.stat(file);
    }
  }

  /** The attributes of what a path means, or empty if there is nothing (or a link to nothing). */
  public Optional<FileStat> find(String path, Links links) throws IOException {
    try (var file = FileCalls.openAt(root, below(path), links.resolve(), 0, OpenFlag.PATH)) {
      return Optional.of(FileCalls.stat(file));
    } catch (LinuxException e) {
      return switch (e.errno()) {
        case ENOENT, ENOTDIR -> Optional.empty();
        default -> throw e;
      };
    }
  }

  /** Whether something has this name; a dangling link counts. */
  public boolean exists(String path) throws IOException {
    try {
      stat(path);
      return true;
    } catch (LinuxException e) {
      return switch (e.errno()) {
        case ENOENT, ENOTDIR -> false;
        default -> throw e;
      };
    }
  }

  /** The text of a symbolic link. */
  public String readLink(String path) throws IOException {
    var where = named(path);
    try (var parent = parent(where)) {
      return FileCalls.readLink(parent, where.name());
    }
  }

  /** The names in a directory in byte order. */
  public List<String> list(String path, Links links) throws IOException {
    try (var directory =
        FileCalls.openAt(root, below(path), links.resolve(), 0, OpenFlag.DIRECTORY)) {
      var names = FileCalls.list(directory);
      names.sort(PathBytes.BYTE_ORDER);
      return List.copyOf(names);
    }
  }

  /** Opens a regular file; anything else, such as a fifo that would block, is {@code EINVAL}. */
  public InputStream open(String path, Links links) throws IOException {
    return openRegular(root, below(path), links.resolve());
  }

  static InputStream openRegular(Fd directory, String path, Resolve resolve) throws IOException {
    // O_NONBLOCK: opening a fifo or a device must not wait for a stranger.
    var file = FileCalls.openAt(directory, path, resolve, 0, OpenFlag.NON_BLOCKING);
    try {
      if (!FileCalls.stat(file).isRegular()) {
        throw new LinuxException("open", path, Errno.EINVAL, "not a regular file");
      }
      return new FdInputStream(file);
    } catch (LinuxException e) {
      file.close();
      throw e;
    }
  }

  /** A whole small file; more than {@code limit} bytes is {@code EFBIG}. */
  public byte[] readFile(String path, int limit, Links links) throws IOException {
    try (var in = open(path, links)) {
      byte[] bytes = in.readNBytes(limit);
      if (bytes.length == limit && in.read() >= 0) {
        throw new LinuxException("read", path, Errno.EFBIG, "more than " + limit + " bytes");
      }
      return bytes;
    }
  }

  /** Visits everything below this root, not the root itself. */
  public void walk(TreeVisitor visitor) throws IOException {
    walk("", visitor);
  }

  /** Visits everything below a directory; paths are given from this root. */
  public void walk(String path, TreeVisitor visitor) throws IOException {
    var clean = TreePath.clean(path);
    try (var start = FileCalls.openAt(root, clean, Resolve.BENEATH, 0, OpenFlag.DIRECTORY)) {
      new TreeWalk(visitor).walk(start, clean.isEmpty() ? "" : clean + "/", 0);
    }
  }

  /** Waits until this directory's own entries are on the disk. */
  public void sync() throws IOException {
    FileCalls.sync(root);
  }

  /** Waits until the whole file system is on the disk. */
  public void syncFileSystem() throws IOException {
    FileCalls.syncFileSystem(root);
  }

  @Override
  public String toString() {
    return place;
  }

  @Override
  public void close() {
    root.close();
  }
}
