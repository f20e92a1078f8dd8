package dev.cairn.build;

import java.util.Set;

/** The life of a build: {@code queued → preparing → building → publishing → ready}. */
public enum BuildState {
  QUEUED,
  PREPARING,
  BUILDING,
  PUBLISHING,
  READY,
  FAILED,
  CANCELLED;

  /** Whether nothing changes any more. */
  public boolean isFinal() {
    return switch (this) {
      case READY, FAILED, CANCELLED -> true;
      case QUEUED, PREPARING, BUILDING, PUBLISHING -> false;
    };
  }

  /**
   * The states that may follow. A running build goes back to {@link #QUEUED} only when its lease
   * died (the one recovery rule).
   */
  public Set<BuildState> next() {
    return switch (this) {
      case QUEUED -> Set.of(PREPARING, FAILED, CANCELLED);
      case PREPARING -> Set.of(BUILDING, QUEUED, FAILED, CANCELLED);
      case BUILDING -> Set.of(PUBLISHING, QUEUED, FAILED, CANCELLED);
      case PUBLISHING -> Set.of(READY, QUEUED, FAILED, CANCELLED);
      case READY, FAILED, CANCELLED -> Set.of();
    };
  }
}
