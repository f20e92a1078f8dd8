package dev.cairn.linux;

/** The error numbers we name; the same on x86_64 and aarch64 (asm-generic/errno.h). */
public enum Errno {
  EPERM(1, "operation not permitted"),
  ENOENT(2, "no such file or directory"),
  ESRCH(3, "no such process"),
  EINTR(4, "interrupted"),
  EIO(5, "input/output error"),
  ENXIO(6, "no such device or address"),
  E2BIG(7, "too big"),
  EBADF(9, "bad file descriptor"),
  EAGAIN(11, "try again"),
  ENOMEM(12, "out of memory"),
  EACCES(13, "permission denied"),
  EBUSY(16, "device or resource busy"),
  EEXIST(17, "file exists"),
  EXDEV(18, "leaves the directory or the file system"),
  ENODEV(19, "no such device"),
  ENOTDIR(20, "not a directory"),
  EISDIR(21, "is a directory"),
  EINVAL(22, "invalid argument"),
  ENFILE(23, "too many open files in the system"),
  EMFILE(24, "too many open files"),
  ETXTBSY(26, "file is being executed"),
  EFBIG(27, "file too large"),
  ENOSPC(28, "no space left"),
  EROFS(30, "read-only file system"),
  EMLINK(31, "too many links"),
  EPIPE(32, "broken pipe"),
  ERANGE(34, "out of range"),
  ENAMETOOLONG(36, "name too long"),
  ENOSYS(38, "the kernel lacks this call"),
  ENOTEMPTY(39, "directory not empty"),
  ELOOP(40, "a symbolic link, or too many of them"),
  ENODATA(61, "no such attribute"),
  EOVERFLOW(75, "value too large"),
  EOPNOTSUPP(95, "not supported"),
  ESTALE(116, "stale file"),
  EDQUOT(122, "quota exceeded"),
  /** Any number that is not in this list. */
  OTHER(0, "error");

  private final int number;
  private final String text;

  Errno(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /** The name of a number; {@link #OTHER} for one that we do not name. */
  public static Errno of(int number) {
    for (var errno : values()) {
      if (errno.number == number) {
        return errno;
      }
    }
    return OTHER;
  }

  /** The kernel's number; 0 for {@link #OTHER}. */
  public int number() {
    return number;
  }

  @Override
  public String toString() {
    return name() + ", " + text;
  }
}
