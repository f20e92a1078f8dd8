package dev.cairn.app.server;

import dev.cairn.service.assembly.ServiceSettings;
import dev.cairn.service.collection.Retention;
import java.time.Duration;
import java.util.Optional;

/**
 * How long things are kept, and when is collected.
 *
 * @param retention for each kind
 * @param interval between two runs
 * @param freeBytes below which is collected early; absent for 10 GiB, or 10 % of a smaller disk
 */
public record CollectionConfig(Retention retention, Duration interval, Optional<Long> freeBytes) {

  /** When nothing is said. */
  public static final CollectionConfig USUAL =
      new CollectionConfig(
          Retention.DEFAULT, ServiceSettings.Upkeep.DEFAULT.interval(), Optional.empty());
}
