package dev.cairn.service.queue;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.build.TenantId;
import dev.cairn.service.Build;
import dev.cairn.service.Events;
import dev.cairn.service.ServiceException;
import dev.cairn.service.log.LogDirectory;
import dev.cairn.service.store.Store;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads event logs for their tenants. If a build has ended and its log lacks the last event,
 * because the server died between the two, the event is written now.
 */
public final class EventReader implements Events {
  private static final Logger LOGGER = LoggerFactory.getLogger(EventReader.class);
  private static final Duration NUDGE = Duration.ofSeconds(2);

  private final Store store;
  private final LogDirectory logs;

  /** A reader of these logs. */
  public EventReader(Store store, LogDirectory logs) {
    this.store = store;
    this.logs = logs;
  }

  @Override
  public Slice read(TenantId tenant, BuildId id, long from, int most) {
    check(from, most);
    Build build = build(tenant, id);
    try (var log = logs.open(id)) {
      complete(build, log);
      return slice(log, from, most);
    }
  }

  @Override
  public Slice follow(TenantId tenant, BuildId id, long from, int most, Duration timeout)
      throws InterruptedException {
    check(from, most);
    Build build = build(tenant, id);
    try (var log = logs.open(id)) {
      log.await(from, timeout.compareTo(NUDGE) < 0 ? timeout : NUDGE);
      if (log.last() < from && !log.isComplete()) {
        // Silent: perhaps the build ended elsewhere, so look once more.
        complete(build(tenant, id), log);
        log.await(from, timeout.minus(NUDGE).isNegative() ? Duration.ZERO : timeout.minus(NUDGE));
      } else {
        complete(build, log);
      }
      return slice(log, from, most);
    }
  }

  private static Slice slice(LogDirectory.Handle log, long from, int most) {
    boolean complete = log.isComplete();
    List<BuildEvent> events = log.read(from, most);
    long next = from + events.size();
    return new Slice(events, next, complete && next > log.last());
  }

  private static void complete(Build build, LogDirectory.Handle log) {
    if (build.state().isFinal() && !log.isComplete()) {
      try {
        log.appendNow(new BuildEvent.StateChanged(build.state(), build.failure()));
      } catch (UncheckedIOException e) {
        // What is there can be read all the same; the end is shown when it can be written.
        LOGGER.warn("the end of the log of build {} cannot be written yet", build.id(), e);
      }
    }
  }

  private Build build(TenantId tenant, BuildId id) {
    Optional<Build> build = store.read(session -> BuildRows.find(session, tenant, id));
    return build.orElseThrow(() -> ServiceException.notFound("build"));
  }

  private static void check(long from, int most) {
    if (from < 1 || most < 1 || most > 10_000) {
      throw ServiceException.invalid(
          "range-invalid",
          "from: is at least 1, and at most 10,000 events are read at once",
          "read in parts");
    }
  }
}
