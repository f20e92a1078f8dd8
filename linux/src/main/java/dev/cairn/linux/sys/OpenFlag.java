package dev.cairn.linux.sys;

/** Flags of openat2(2) that we use; close-on-exec is always added. */
public enum OpenFlag {
  WRITE_ONLY(01),
  CREATE(0100),
  EXCLUSIVE(0200),
  TRUNCATE(01000),
  NON_BLOCKING(04000),
  DIRECTORY(SystemCall.isArm() ? 040000 : 0200000),
  NO_FOLLOW(SystemCall.isArm() ? 0100000 : 0400000),
  /** Only names the file: for *at calls, attributes and {@link Fd#path()}. */
  PATH(010000000);

  private final int bits;

  OpenFlag(int bits) {
    this.bits = bits;
  }

  int bits() {
    return bits;
  }
}
