package dev.cairn.linux.sys;

/** How openat2(2) walks a path below an open directory. */
public enum Resolve {
  /** As the rest of the system does; for paths of our own. */
  FREE(0),
  /** Never leaves the directory and never follows a link: for writing what a stranger names. */
  BENEATH(0x08 | 0x04 | 0x02),
  /** The directory is "/": links are followed inside it and cannot climb out. */
  IN_ROOT(0x10 | 0x02);

  private final int bits;

  Resolve(int bits) {
    this.bits = bits;
  }

  int bits() {
    return bits;
  }
}
