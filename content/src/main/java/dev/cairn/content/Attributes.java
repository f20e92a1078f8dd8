package dev.cairn.content;

/**
 * Mode bits, owner, time and extended attributes of a file.
 *
 * @param mode the twelve bits of permissions, set-user-id, set-group-id and sticky
 * @param uid the owner, 0 to 2^32 - 2
 * @param gid the group, 0 to 2^32 - 2
 * @param mtimeSeconds last change in seconds since 1970, may be negative
 * @param mtimeNanos the fraction, 0 to 999,999,999
 * @param xattrs the extended attributes
 */
public record Attributes(
    int mode, long uid, long gid, long mtimeSeconds, int mtimeNanos, Xattrs xattrs) {

  /** The highest owner; the one above means "no change" to the kernel. */
  public static final long MAX_ID = 0xFFFF_FFFEL;

  /**
   * What a directory gets that is only implied by a path below it and that nobody has described.
   */
  public static final Attributes IMPLIED_DIRECTORY = of(0755);

  /** Checks the ranges. */
  public Attributes {
    if ((mode & ~07777) != 0) {
      throw new IllegalArgumentException(
          "mode has bits outside 07777: " + Integer.toOctalString(mode));
    }
    if (uid < 0 || uid > MAX_ID || gid < 0 || gid > MAX_ID) {
      throw new IllegalArgumentException("owner out of range: " + uid + ":" + gid);
    }
    if (mtimeNanos < 0 || mtimeNanos > 999_999_999) {
      throw new IllegalArgumentException("nanoseconds out of range: " + mtimeNanos);
    }
  }

  /** This mode, owned by root, of 1970, without extended attributes. */
  public static Attributes of(int mode) {
    return new Attributes(mode, 0, 0, 0, 0, Xattrs.NONE);
  }

  /** The same with another mode. */
  public Attributes withMode(int newMode) {
    return new Attributes(newMode, uid, gid, mtimeSeconds, mtimeNanos, xattrs);
  }

  /** The same with another owner. */
  public Attributes withOwner(long newUid, long newGid) {
    return new Attributes(mode, newUid, newGid, mtimeSeconds, mtimeNanos, xattrs);
  }

  /** The same with another time. */
  public Attributes withMtime(long seconds, int nanos) {
    return new Attributes(mode, uid, gid, seconds, nanos, xattrs);
  }

  /** The same with other extended attributes. */
  public Attributes withXattrs(Xattrs newXattrs) {
    return new Attributes(mode, uid, gid, mtimeSeconds, mtimeNanos, newXattrs);
  }
}
