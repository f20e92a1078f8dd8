package dev.cairn.service;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.build.TenantId;
import java.time.Duration;
import java.util.List;

/**
 * The event log of each build. What is read here is on disk, in order, without a gap; reading from
 * the number after the last one seen resumes exactly.
 */
public interface Events {

  /**
   * Part of a log.
   *
   * @param events in order; may be empty
   * @param next the number to read from next
   * @param complete whether the log has ended and nothing follows {@code events}
   */
  record Slice(List<BuildEvent> events, long next, boolean complete) {
    public Slice {
      events = List.copyOf(events);
    }
  }

  /**
   * What is there now.
   *
   * @param from the first number wanted, from 1
   * @param most events at once, 1 to 10,000
   * @throws ServiceException of kind {@code NOT_FOUND}
   */
  Slice read(TenantId tenant, BuildId id, long from, int most);

  /**
   * As {@link #read}, but waits for at least one event, the end, or the timeout, whichever comes
   * first. Made for a loop on one virtual thread per reader.
   *
   * @throws ServiceException of kind {@code NOT_FOUND}
   * @throws InterruptedException if the reader is to stop
   */
  Slice follow(TenantId tenant, BuildId id, long from, int most, Duration timeout)
      throws InterruptedException;
}
