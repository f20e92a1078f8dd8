package dev.cairn.linux.mount;

import dev.cairn.linux.sys.KernelThreads;
import dev.cairn.linux.sys.MountCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
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

  /** Those of the mount that a path lies on; nobody below this machine's root can take one away. */
  public static Set<MountFlag> of(Path path) throws IOException {
    long bits = KernelThreads.call(() -> MountCalls.flags(path.toString()));
    var flags = EnumSet.noneOf(MountFlag.class);
    for (var flag : values()) {
      if ((bits & flag.attribute) != 0) {
        flags.add(flag);
      }
    }
    return flags;
  }

  /** MOUNT_ATTR_* bits; the first four are the MS_* bits too. */
  static long bits(Set<MountFlag> flags) {
    return flags.stream().mapToLong(flag -> flag.attribute).sum();
  }
}
