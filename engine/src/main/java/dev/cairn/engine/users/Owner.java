package dev.cairn.engine.users;

/**
 * Whom a file belongs to.
 *
 * @param uid the user
 * @param gid the group
 */
public record Owner(long uid, long gid) {
  /** The superuser. */
  public static final Owner ROOT = new Owner(0, 0);

  /** Checks the ranges of the kernel. */
  public Owner {
    if (!Ids.inRange(uid) || !Ids.inRange(gid)) {
      throw new IllegalArgumentException("owner out of range: " + uid + ":" + gid);
    }
  }
}
