package dev.cairn.service.queue;

import java.time.Duration;

/**
 * How builds are run.
 *
 * @param slots builds at once; a tenant that has none running is let in beyond it, up to as many
 *     again
 * @param lease how long a build lives without a sign of its runner
 * @param attempts how often a build is begun before it is lost
 * @param queue longest wait before the start, where the request says nothing
 * @param run longest time from start to the last step, where the request says nothing
 * @param longestRun longest time that a request may ask for
 * @param push longest time to publish, where the request says nothing
 * @param limits what builds may take of the machine
 */
public record QueueSettings(
    int slots,
    Duration lease,
    int attempts,
    Duration queue,
    Duration run,
    Duration longestRun,
    Duration push,
    BuildLimits limits) {

  /** When nothing else is configured. */
  public static final QueueSettings DEFAULT =
      new QueueSettings(
          2,
          Duration.ofSeconds(60),
          3,
          Duration.ofHours(24),
          Duration.ofMinutes(60),
          Duration.ofHours(6),
          Duration.ofMinutes(30));

  /** With no limits but the times. */
  public QueueSettings(
      int slots,
      Duration lease,
      int attempts,
      Duration queue,
      Duration run,
      Duration longestRun,
      Duration push) {
    this(slots, lease, attempts, queue, run, longestRun, push, BuildLimits.NONE);
  }

  public QueueSettings {
    if (slots < 1 || attempts < 1) {
      throw new IllegalArgumentException("slots and attempts are at least 1");
    }
  }
}
