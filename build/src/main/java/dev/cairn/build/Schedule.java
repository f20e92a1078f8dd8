package dev.cairn.build;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When a build runs.
 *
 * @param priority higher goes first within the tenant; -100 to 100
 * @param notBefore the earliest start
 * @param draft whether it waits until it is released
 * @param serialKey builds of one key run one after another
 * @param dedupeKey a build of the same key that has not ended is returned instead
 * @param supersedeKey a newer build of the same key cancels older ones that have not ended
 * @param needs builds that must be ready first
 */
public record Schedule(
    int priority,
    Optional<Instant> notBefore,
    boolean draft,
    Optional<String> serialKey,
    Optional<String> dedupeKey,
    Optional<String> supersedeKey,
    List<BuildId> needs) {

  /** As soon as its turn comes. */
  public static final Schedule DEFAULT =
      new Schedule(
          0,
          Optional.empty(),
          false,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of());

  /**
   * @throws IllegalArgumentException if the priority is outside -100 to 100
   */
  public Schedule {
    if (priority < -100 || priority > 100) {
      throw new IllegalArgumentException("schedule.priority is -100 to 100, not " + priority);
    }
    needs = List.copyOf(needs);
  }
}
