package dev.cairn.linux.file;

import dev.cairn.linux.sys.Resolve;

/** What a read does when it meets a symbolic link on its way. */
public enum Links {
  /** Fails with {@code ELOOP}. */
  REFUSE(Resolve.BENEATH),
  /** Follows it as a process would whose "/" is this directory; it cannot climb out. */
  IN_ROOT(Resolve.IN_ROOT);

  private final Resolve resolve;

  Links(Resolve resolve) {
    this.resolve = resolve;
  }

  Resolve resolve() {
    return resolve;
  }
}
