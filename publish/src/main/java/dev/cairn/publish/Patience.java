package dev.cairn.publish;

import java.time.Duration;

/**
 * How long a push waits for a registry that is away, on top of the client's own attempts at single
 * requests.
 *
 * @param attempts how often a blob or manifest is tried
 * @param pause the wait before the second attempt; it doubles, up to {@code longest}
 * @param longest the longest wait
 */
public record Patience(int attempts, Duration pause, Duration longest) {

  /** About a minute and a half, enough for the restart of a registry. */
  public static final Patience USUAL =
      new Patience(6, Duration.ofSeconds(1), Duration.ofSeconds(20));

  /** Checks the numbers. */
  public Patience {
    if (attempts < 1 || pause.isNegative() || longest.isNegative()) {
      throw new IllegalArgumentException("at least one attempt, and no negative waits");
    }
  }

  Duration before(int attempt) {
    Duration wait = pause.multipliedBy(1L << Math.min(attempt - 2, 20));
    return wait.compareTo(longest) > 0 ? longest : wait;
  }
}
