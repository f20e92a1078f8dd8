package dev.cairn.engine.disk;

/**
 * What was removed to make room, or would be.
 *
 * @param count how many things
 * @param bytes they took of the disk
 */
public record Freed(long count, long bytes) {
  /** Nothing. */
  public static final Freed NOTHING = new Freed(0, 0);

  /** Both together. */
  public Freed plus(Freed other) {
    return new Freed(count + other.count, bytes + other.bytes);
  }
}
