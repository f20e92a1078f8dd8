package dev.cairn.app.server;

import dev.cairn.service.collection.Retention;
import java.time.Duration;
import java.util.Optional;

/** The member {@code collection} of the configuration file; times are in seconds. */
public record CollectionMembers(
    Optional<Long> everySeconds,
    Optional<Long> graceSeconds,
    Optional<Long> freeBytes,
    Optional<Kept> keepSeconds) {

  /** How long each kind is kept without being used. */
  public record Kept(
      Optional<Long> builds,
      Optional<Long> results,
      Optional<Long> records,
      Optional<Long> packs,
      Optional<Long> untagged,
      Optional<Long> uploads) {}

  private static final Kept NOTHING_SAID =
      new Kept(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** A hundred years. */
  private static final long MOST_SECONDS = 100L * 365 * 86_400;

  CollectionConfig read() {
    Kept kept = keepSeconds.orElse(NOTHING_SAID);
    Retention usual = Retention.DEFAULT;
    return new CollectionConfig(
        new Retention(
            time("keepSeconds.builds", kept.builds(), 0, usual.builds()),
            time("keepSeconds.results", kept.results(), 0, usual.results()),
            time("keepSeconds.records", kept.records(), 0, usual.records()),
            time("keepSeconds.packs", kept.packs(), 0, usual.packs()),
            time("keepSeconds.untagged", kept.untagged(), 0, usual.untagged()),
            time("keepSeconds.uploads", kept.uploads(), 0, usual.uploads()),
            time("graceSeconds", graceSeconds, 10, usual.grace())),
        time("everySeconds", everySeconds, 1, CollectionConfig.USUAL.interval()),
        freeBytes.map(CollectionMembers::bytes));
  }

  private static Duration time(String member, Optional<Long> seconds, long least, Duration usual) {
    seconds
        .filter(number -> number < least || number > MOST_SECONDS)
        .ifPresent(number -> {
          throw new IllegalArgumentException(
              "collection.%s is a number of seconds from %d on, not %d"
                  .formatted(member, least, number));
        });
    return seconds.map(Duration::ofSeconds).orElse(usual);
  }

  private static long bytes(long number) {
    if (number < 0) {
      throw new IllegalArgumentException(
          "collection.freeBytes is a number of bytes, not " + number);
    }
    return number;
  }
}
