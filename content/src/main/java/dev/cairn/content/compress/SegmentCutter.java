package dev.cairn.content.compress;

/**
 * Decides where a tar is cut, by the tar alone: before an entry chosen by its name, so that the
 * same entries give the same cuts wherever they stand, and inside big files at fixed distances from
 * the file's begin.
 */
final class SegmentCutter {

  static final int TARGET = 1 << 20;
  static final int MIN = TARGET / 4;
  static final int MAX = 4 * TARGET;

  /** A file of this size has segments of its own. */
  static final int BIG = TARGET;

  private boolean afterBig;

  /** Whether to cut before this entry, if the segment has this length. */
  boolean beforeEntry(int length, String path, long size) {
    if (afterBig) {
      afterBig = false;
      return length > 0;
    }
    if (length < MIN) {
      return false;
    }
    // The chance grows with the size, so that a segment is about as long as the target.
    long weight = size + 512;
    return length + weight > MAX || mix(path.hashCode()) % TARGET < weight;
  }

  /** Whether to cut before the content of an entry of this size. */
  boolean beforeContent(long size) {
    afterBig = size >= BIG;
    return afterBig;
  }

  /** The last steps of MurmurHash3; String.hashCode alone is too regular. */
  private static long mix(int hash) {
    int h = hash;
    h ^= h >>> 16;
    h *= 0x85ebca6b;
    h ^= h >>> 13;
    h *= 0xc2b2ae35;
    h ^= h >>> 16;
    return h & 0xFFFFFFFFL;
  }
}
