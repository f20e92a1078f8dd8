package dev.cairn.service.audit;

import dev.cairn.service.Actor;
import dev.cairn.service.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials that opened nothing. The first one from an address is noted at once; those that
 * follow within a minute are counted and noted together, so that nobody fills the log by guessing.
 */
public final class RefusedLogins {
  private static final Logger LOG = LoggerFactory.getLogger(RefusedLogins.class);
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int MOST_PEERS = 256;
  private static final String OTHERS = "further addresses";

  private final AuditLog audit;
  private final Clock clock;
  private final Map<String, Integer> more = new LinkedHashMap<>();
  private Instant until = Instant.EPOCH;

  /** Refused logins of this log. */
  public RefusedLogins(AuditLog audit, Clock clock) {
    this.audit = audit;
    this.clock = clock;
  }

  /** A login of who acts on this thread was refused. */
  public void refused() {
    Actor by = Actor.current();
    flush();
    boolean first;
    synchronized (more) {
      String peer = more.containsKey(by.peer()) || more.size() < MOST_PEERS ? by.peer() : OTHERS;
      first = more.merge(peer, 0, (count, zero) -> count + 1) == 0;
    }
    if (first) {
      try {
        audit.note(new Deed(Action.LOGIN_REFUSED, "", by.peer(), by), "refused");
      } catch (StoreException e) {
        // It is refused all the same, and nothing was changed.
        LOG.error("a refused login from {} cannot be noted", by.peer(), e);
      }
    }
  }

  /** Notes what was counted in a minute that is over. */
  public void flush() {
    Map<String, Integer> over;
    synchronized (more) {
      if (clock.instant().isBefore(until)) {
        return;
      }
      until = clock.instant().plus(WINDOW);
      over = new LinkedHashMap<>(more);
      more.clear();
    }
    over.forEach((peer, count) -> {
      if (count > 0) {
        audit.note(
            new Deed(Action.LOGIN_REFUSED, "", peer, new Actor("", "", peer)),
            "refused " + count + " times more");
      }
    });
  }
}
