package dev.cairn.linux;

/**
 * The attributes of one file, never of what a symbolic link points to.
 *
 * @param mode permission bits with setuid, setgid and sticky: 0 to 07777
 * @param size bytes; of a symbolic link, the bytes of its text
 * @param modifiedSeconds seconds since 1970, negative before
 * @param modifiedNanos 0 to 999 999 999
 * @param device the file system it lies on, major &lt;&lt; 32 | minor
 * @param links number of names
 * @param deviceMajor of a device node, else 0
 * @param deviceMinor of a device node, else 0
 * @param blocks of 512 bytes that the file takes on its file system
 */
public record FileStat(
    FileKind kind,
    int mode,
    int uid,
    int gid,
    long size,
    long modifiedSeconds,
    int modifiedNanos,
    long inode,
    long device,
    int links,
    int deviceMajor,
    int deviceMinor,
    long blocks) {

  /** Whether this is a directory. */
  public boolean isDirectory() {
    return kind == FileKind.DIRECTORY;
  }

  /** Whether this is a regular file. */
  public boolean isRegular() {
    return kind == FileKind.REGULAR;
  }

  /** Whether this is a character device 0:0, which overlay reads as "deleted". */
  public boolean isWhiteout() {
    return kind == FileKind.CHARACTER_DEVICE && deviceMajor == 0 && deviceMinor == 0;
  }
}
