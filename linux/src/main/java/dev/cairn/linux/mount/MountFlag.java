package dev.cairn.linux.mount;

import java.util.Set;

/** Attributes of one mount (mount_setattr(2)). */
public enum MountFlag {
  READ_ONLY(0x1, "ro"),
  NO_SETUID(0x2, "nosuid"),
  NO_DEVICES(0x4, "nodev"),
  NO_EXECUTION(0x8, "noexec");

  private final int attribute;
  private final String option;

  MountFlag(int attribute, String option) {
    this.attribute = attribute;
    this.option = option;
  }

  /** Its spelling in mount(8) and in a runtime's configuration. */
  public String option() {
    return option;
  }

  /** MOUNT_ATTR_* bits; the first four are the MS_* bits too. */
  static long bits(Set<MountFlag> flags) {
    return flags.stream().mapToLong(flag -> flag.attribute).sum();
  }
}
