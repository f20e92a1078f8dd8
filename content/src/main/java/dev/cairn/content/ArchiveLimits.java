package dev.cairn.content;

/**
 * How large an archive may be.
 *
 * @param bytes of the archive after decompression
 * @param entries how many
 * @param depth components of a path
 * @param pathBytes length of a path, and of a link's text
 * @param ratio bytes after decompression for each byte before; checked once more than 16 MiB came
 *     out, so that small, very regular archives pass
 */
public record ArchiveLimits(long bytes, long entries, int depth, int pathBytes, int ratio) {

  /** For archives and layers of strangers when nothing else is configured. */
  public static final ArchiveLimits DEFAULT =
      new ArchiveLimits(64L << 30, 4_000_000, 256, 4096, 1200);

  /** Checks that all are positive. */
  public ArchiveLimits {
    if (bytes <= 0 || entries <= 0 || depth <= 0 || pathBytes <= 0 || ratio <= 0) {
      throw new IllegalArgumentException("archive limits must be positive");
    }
  }

  /** The same with another limit on bytes. */
  public ArchiveLimits withBytes(long newBytes) {
    return new ArchiveLimits(newBytes, entries, depth, pathBytes, ratio);
  }

  /** The same with another limit on entries. */
  public ArchiveLimits withEntries(long newEntries) {
    return new ArchiveLimits(bytes, newEntries, depth, pathBytes, ratio);
  }
}
