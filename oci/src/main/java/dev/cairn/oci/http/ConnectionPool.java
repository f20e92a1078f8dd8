package dev.cairn.oci.http;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Kept connections by origin and trust, and a watch over those in use: what is past its deadline is
 * closed.
 */
final class ConnectionPool {

  /**
   * What makes two connections interchangeable. Their addresses were checked under the same policy.
   */
  record Key(boolean secure, String host, int port, TlsTrust trust) {}

  private static final int IDLE_PER_KEY = 8;
  private static final int IDLE_TOTAL = 64;
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long TRUSTED_IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Map<Key, ArrayDeque<HttpConnection>> idle = new HashMap<>();
  private final Set<HttpConnection> active = new HashSet<>();
  private int idleCount;
  private boolean closed;

  /** An idle connection that is still open, now in use. */
  Optional<HttpConnection> take(Key key) {
    while (true) {
      HttpConnection connection = poll(key);
      if (connection == null) {
        return Optional.empty();
      }
      boolean fresh = connection.idleNanos() < TRUSTED_IDLE_NANOS;
      if (fresh || (connection.idleNanos() < IDLE_NANOS && connection.input().isQuiet())) {
        use(connection);
        return Optional.of(connection);
      }
      connection.close();
    }
  }

  /** Watches a connection from now on. */
  void use(HttpConnection connection) {
    boolean refuse;
    synchronized (this) {
      refuse = closed;
      if (!refuse) {
        active.add(connection);
      }
    }
    if (refuse) {
      connection.close();
    }
  }

  /** Takes a connection back, for the next exchange or to close it. */
  void giveBack(Key key, HttpConnection connection, boolean reusable) {
    boolean keep = false;
    synchronized (this) {
      active.remove(connection);
      var queue = idle.computeIfAbsent(key, k -> new ArrayDeque<>());
      if (reusable && !closed && queue.size() < IDLE_PER_KEY && idleCount < IDLE_TOTAL) {
        connection.markIdle();
        queue.push(connection);
        idleCount++;
        keep = true;
      } else if (queue.isEmpty()) {
        idle.remove(key);
      }
    }
    if (!keep) {
      connection.close();
    }
  }

  /** Closes what is overdue or idle for too long; called now and then. */
  void sweep() {
    var doomed = new HashSet<HttpConnection>();
    long now = System.nanoTime();
    synchronized (this) {
      active.stream().filter(connection -> connection.isOverdue(now)).forEach(doomed::add);
      for (var queues = idle.values().iterator(); queues.hasNext(); ) {
        var queue = queues.next();
        int before = queue.size();
        queue.removeIf(connection -> connection.idleNanos() > IDLE_NANOS && doomed.add(connection));
        idleCount -= before - queue.size();
        if (queue.isEmpty()) {
          queues.remove();
        }
      }
    }
    doomed.forEach(HttpConnection::close);
  }

  void close() {
    var doomed = new HashSet<HttpConnection>();
    synchronized (this) {
      closed = true;
      doomed.addAll(active);
      idle.values().forEach(doomed::addAll);
      idle.clear();
      idleCount = 0;
    }
    doomed.forEach(HttpConnection::close);
  }

  private synchronized @Nullable HttpConnection poll(Key key) {
    var queue = idle.get(key);
    HttpConnection connection = queue == null ? null : queue.poll();
    if (connection != null) {
      idleCount--;
    }
    return connection;
  }
}
