package dev.cairn.linux;

import java.io.IOException;

/** A system call that the kernel refused: which call, on what, and why. */
public final class LinuxException extends IOException {
  private static final long serialVersionUID = 1L;
  private final String call;
  private final String path;
  private final Errno errno;

  /** Names the call, the path or object (empty if none) and the kernel's error number. */
  public LinuxException(String call, String path, int errno) {
    this(call, path, Errno.of(errno), "");
  }

  /** As above, with a sentence that says more than the number does. */
  public LinuxException(String call, String path, Errno errno, String detail) {
    super(message(call, path, errno, detail));
    this.call = call;
    this.path = path;
    this.errno = errno;
  }

  private static String message(String call, String path, Errno errno, String detail) {
    return call
        + (path.isEmpty() ? "" : " " + path)
        + ": "
        + errno
        + (detail.isEmpty() ? "" : " (" + detail + ")");
  }

  /** The system call, such as {@code openat2}. */
  public String call() {
    return call;
  }

  /** The path or object it was called on, or an empty string. */
  public String path() {
    return path;
  }

  /** The kernel's answer. */
  public Errno errno() {
    return errno;
  }
}
