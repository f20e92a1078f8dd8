package dev.cairn.linux.sandbox;

import java.util.List;

/** Who a process is: user, group and further groups, as numbers. */
public record ProcessIdentity(int uid, int gid, List<Integer> additionalGids) {
  /** The step's root. */
  public static final ProcessIdentity ROOT = new ProcessIdentity(0, 0, List.of());

  /** Checks and copies. */
  public ProcessIdentity {
    additionalGids = List.copyOf(additionalGids);
    if (uid < 0 || gid < 0 || additionalGids.stream().anyMatch(group -> group < 0)) {
      throw new IllegalArgumentException("user and group numbers are 0 to 2147483647");
    }
  }
}
