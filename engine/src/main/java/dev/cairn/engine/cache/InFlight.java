package dev.cairn.engine.cache;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Steps that run right now, so that equal ones run once.
 *
 * <p>The first to ask for a key becomes its owner and does the work on its own thread. Whoever asks
 * meanwhile joins: it sees the owner's log from the first line and gets the owner's result or its
 * failure. If the owner is cancelled, the next waiter becomes the owner. The key names everything
 * that must be equal: written scope, operation, limits, network policy, isolation, versions of
 * secrets.
 *
 * @param <R> the result
 */
public final class InFlight<R> {
  private static final int MOST_LOG_LINES = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Flight<R>> flights = new HashMap<>();

  /** The work of an owner. */
  @FunctionalInterface
  public interface Work<R> {
    /** Does it; what it logs goes to {@code log}, for the owner and all who joined. */
    R run(Consumer<BuildEvent.Log> log) throws InterruptedException;
  }

  /**
   * A result and how it was come by.
   *
   * @param value the result
   * @param shared whether somebody else did the work
   */
  public record Shared<R>(R value, boolean shared) {}

  private static final class Flight<R> {
    final List<BuildEvent.Log> lines = new ArrayList<>();
    boolean ended;
    Optional<R> value = Optional.empty();
    Optional<BuildException> failure = Optional.empty();
  }

  /**
   * Does the work or waits for whoever does it already.
   *
   * @throws BuildException the owner's, if its work failed
   * @throws InterruptedException if the caller was cancelled
   */
  public Shared<R> run(String key, Consumer<BuildEvent.Log> sink, Work<R> work)
      throws InterruptedException {
    while (true) {
      Flight<R> flight;
      boolean owner = false;
      lock.lockInterruptibly();
      try {
        Flight<R> found = flights.get(key);
        owner = found == null;
        flight = found == null ? new Flight<>() : found;
        if (owner) {
          flights.put(key, flight);
        }
      } finally {
        lock.unlock();
      }
      if (owner) {
        return new Shared<>(own(key, flight, sink, work), false);
      }
      Optional<R> result = join(flight, sink);
      if (result.isPresent()) {
        return new Shared<>(result.get(), true);
      }
    }
  }

  private R own(String key, Flight<R> flight, Consumer<BuildEvent.Log> sink, Work<R> work)
      throws InterruptedException {
    Optional<R> value = Optional.empty();
    Optional<BuildException> failure = Optional.empty();
    try {
      R result =
          work.run(line -> {
            sink.accept(line);
            tell(flight, line);
          });
      value = Optional.of(result);
      return result;
    } catch (BuildException e) {
      failure = Optional.of(e);
      throw e;
    } finally {
      lock.lock();
      try {
        flights.remove(key, flight);
        flight.ended = true;
        flight.value = value;
        flight.failure = failure;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void tell(Flight<R> flight, BuildEvent.Log line) {
    lock.lock();
    try {
      if (flight.lines.size() < MOST_LOG_LINES) {
        flight.lines.add(line);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the owner; nothing if it gave up without a result. */
  private Optional<R> join(Flight<R> flight, Consumer<BuildEvent.Log> sink)
      throws InterruptedException {
    int seen = 0;
    while (true) {
      List<BuildEvent.Log> fresh;
      boolean ended;
      lock.lockInterruptibly();
      try {
        while (!flight.ended && flight.lines.size() == seen) {
          changed.await();
        }
        fresh = List.copyOf(flight.lines.subList(seen, flight.lines.size()));
        ended = flight.ended;
      } finally {
        lock.unlock();
      }
      fresh.forEach(sink);
      seen += fresh.size();
      if (ended) {
        if (flight.failure.isPresent()) {
          throw flight.failure.get();
        }
        return flight.value;
      }
    }
  }
}
