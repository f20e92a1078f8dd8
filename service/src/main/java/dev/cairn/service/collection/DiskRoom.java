package dev.cairn.service.collection;

import java.util.function.LongSupplier;

/**
 * When the disk is full enough to collect early, before builds and uploads are refused.
 *
 * @param free bytes that are free now
 * @param mark below it room is made
 */
public record DiskRoom(LongSupplier free, long mark) {

  /** Whether less than the mark is free. */
  boolean isShort() {
    return free.getAsLong() < mark;
  }

  /** Whether so much is free that the mark will not be reached again at once. */
  boolean isEnough() {
    return free.getAsLong() >= mark + mark / 4;
  }
}
