package dev.cairn.service.collection;

import dev.cairn.service.GarbageCollection.Kind;
import java.io.IOException;

/**
 * Something kept on this machine to be faster the next time, outside the blob store; its owner
 * knows what is in use.
 */
public interface LocalCache {

  /** What its things are. */
  Kind kind();

  /**
   * Removes what was used longest ago until no more than this share of the usual room is taken.
   * What is in use stays.
   *
   * @param share from 0, everything unused, to 1, the usual room
   * @param plan whether only to say what would go
   */
  Freed trim(double share, boolean plan) throws IOException;

  /**
   * What went.
   *
   * @param count how many
   * @param bytes they had
   */
  record Freed(long count, long bytes) {
    /** Nothing. */
    public static final Freed NOTHING = new Freed(0, 0);
  }
}
