package dev.cairn.service.store;

import dev.cairn.service.Metrics;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. It takes all work that waits, gives each piece a savepoint, and
 * commits them together, so that many callers share one sync of the disk. A piece that fails is
 * undone alone; if the commit fails, all fail.
 */
final class SqliteWriter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SqliteWriter.class);
  private static final int MOST_AT_ONCE = 256;
  private static final int MOST_WAITING = 10_000;

  private final Connection connection;
  private final Metrics metrics;
  private final BlockingQueue<Task<?>> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Thread thread;
  private boolean synced = true;
  private volatile boolean closed;

  SqliteWriter(Connection connection, Metrics metrics) {
    this.connection = connection;
    this.metrics = metrics;
    this.thread = Thread.ofPlatform().daemon().name("store-writer").start(this::loop);
  }

  /** A piece of work, its answer, and whom to give it to after the commit. */
  private static final class Task<T> {
    private final Store.Work<T> work;
    private final boolean durable;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private Runnable answer = () -> {};

    Task(Store.Work<T> work, boolean durable) {
      this.work = work;
      this.durable = durable;
    }

    void run(Connection connection) throws SQLException {
      T value = work.in(new Session(connection, false));
      answer = () -> future.complete(value);
    }

    void fail(Throwable cause) {
      answer =
          () ->
              future.completeExceptionally(
                  cause instanceof SQLException e
                      ? new StoreException("the database cannot be written: " + e.getMessage(), e)
                      : cause);
    }
  }

  <T> CompletableFuture<T> submit(Store.Work<T> work, boolean durable) {
    var task = new Task<>(work, durable);
    if (closed || !waiting.offer(task)) {
      task.future.completeExceptionally(
          new StoreException(
              closed ? "the database is closed" : "too many writers wait for the database",
              new IllegalStateException()));
    }
    return task.future;
  }

  private void loop() {
    var group = new ArrayList<Task<?>>();
    while (true) {
      group.clear();
      try {
        group.add(waiting.take());
      } catch (InterruptedException e) {
        if (closed && waiting.isEmpty()) {
          return;
        }
        continue;
      }
      waiting.drainTo(group, MOST_AT_ONCE - 1);
      commit(group);
      group.forEach(task -> task.answer.run());
      if (closed && waiting.isEmpty()) {
        return;
      }
    }
  }

  private void commit(List<Task<?>> group) {
    try (var statement = connection.createStatement()) {
      boolean durable = group.stream().anyMatch(task -> task.durable);
      if (durable != synced) {
        statement.execute("PRAGMA synchronous=" + (durable ? "FULL" : "NORMAL"));
        synced = durable;
      }
      statement.execute("BEGIN IMMEDIATE");
      try {
        for (Task<?> task : group) {
          statement.execute("SAVEPOINT piece");
          try {
            task.run(connection);
          } catch (SQLException | RuntimeException | Error e) {
            task.fail(e);
            statement.execute("ROLLBACK TO piece");
          }
          statement.execute("RELEASE piece");
        }
        statement.execute("COMMIT");
      } catch (SQLException e) {
        rollBack();
        throw e;
      }
      metrics.record(Metrics.Measure.STORE_COMMITS, 1);
      metrics.record(Metrics.Measure.STORE_TRANSACTIONS, group.size());
    } catch (SQLException e) {
      // A full disk or an I/O error undoes the whole transaction, so nobody's work is done.
      log.error("a group of {} transactions failed", group.size(), e);
      group.forEach(task -> task.fail(e));
    }
  }

  private void rollBack() {
    try (var statement = connection.createStatement()) {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      log.debug("nothing to roll back: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      throw new StoreException("the database cannot be closed: " + e.getMessage(), e);
    }
  }
}
