package dev.cairn.engine.users;

import java.util.List;

/**
 * As whom a process runs.
 *
 * @param uid the user
 * @param gid the primary group
 * @param groups the supplementary groups, the primary one first
 * @param home the home directory, {@code /} for users without an entry
 */
public record ProcessUser(long uid, long gid, List<Long> groups, String home) {

  /** Checks the ranges and copies the list. */
  public ProcessUser {
    if (!Ids.inRange(uid) || !Ids.inRange(gid)) {
      throw new IllegalArgumentException("user out of range: " + uid + ":" + gid);
    }
    groups = List.copyOf(groups);
  }
}
