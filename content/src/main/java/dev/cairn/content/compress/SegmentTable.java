package dev.cairn.content.compress;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the segments of a compressed tar begin, so that a reader can start in the middle.
 *
 * @param starts in ascending order; empty if it is not known
 */
public record SegmentTable(List<Start> starts) {

  /** Of a blob that others compressed: it can be read from the beginning only. */
  public static final SegmentTable UNKNOWN = new SegmentTable(List.of());

  /** Copies the list. */
  public SegmentTable {
    starts = List.copyOf(starts);
  }

  /**
   * The beginning of one segment.
   *
   * @param tarOffset in the tar
   * @param blobOffset in the compressed blob
   */
  public record Start(long tarOffset, long blobOffset) {}

  /** The last segment that begins at or before this offset in the tar. */
  public Start before(long tarOffset) {
    int low = 0;
    int high = starts.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (starts.get(middle).tarOffset() <= tarOffset) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high < 0 ? new Start(0, 0) : starts.get(high);
  }

  /** Collects starts while a blob is written. */
  static final class Builder {
    private final List<Start> starts = new ArrayList<>();

    void add(long tarOffset, long blobOffset) {
      starts.add(new Start(tarOffset, blobOffset));
    }

    SegmentTable build() {
      return new SegmentTable(starts);
    }
  }
}
