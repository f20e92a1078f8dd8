package dev.cairn.service.store;

import dev.cairn.service.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * SQLite in WAL mode. One platform thread writes and puts all transactions that wait into one
 * commit; a few others read. Callers, often virtual threads, only wait: the native calls would pin
 * their carriers.
 */
public final class SqliteStore implements Store {
  private static final int READERS = 4;

  private final String url;
  private final SqliteWriter writer;
  private final ExecutorService readers;
  private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();
  private final boolean exclusive;

  /**
   * Opens the file, made and brought up to date if needed.
   *
   * @param exclusive whether the caller made sure that no other server uses it
   * @throws StoreException if it cannot be opened
   */
  public SqliteStore(Path file, boolean exclusive, Metrics metrics) {
    this.url = "jdbc:sqlite:" + file.toAbsolutePath();
    this.exclusive = exclusive;
    try {
      if (!Files.exists(file)) {
        OwnerOnly.create(file);
      }
      Connection connection = open();
      try (var statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode=WAL");
        statement.execute("BEGIN IMMEDIATE");
        try {
          new Migrations(false).run(connection);
          statement.execute("COMMIT");
        } catch (SQLException e) {
          statement.execute("ROLLBACK");
          throw e;
        }
      }
      SqliteRoom.make(connection);
      this.writer = new SqliteWriter(connection, metrics);
    } catch (SQLException | IOException e) {
      throw new StoreException("the database " + file + " cannot be opened: " + e.getMessage(), e);
    }
    this.readers =
        Executors.newFixedThreadPool(
            READERS, Thread.ofPlatform().daemon().name("store-reader-", 0).factory());
  }

  private Connection open() throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout=15000");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("PRAGMA foreign_keys=OFF");
      statement.execute("PRAGMA temp_store=MEMORY");
      statement.execute("PRAGMA cache_size=-8000");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Copies the database as it is at one moment into a new file, while others write to it. The
   * calling thread does the work, so it is no virtual one.
   */
  public void copyTo(Path file) throws IOException {
    OwnerOnly.create(file);
    try (Connection connection = open();
        var statement = connection.prepareStatement("VACUUM INTO ?")) {
      statement.setString(1, file.toAbsolutePath().toString());
      statement.execute();
    } catch (SQLException e) {
      throw new IOException("the database cannot be copied to " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public <T> T read(Work<T> work) {
    return await(CompletableFuture.supplyAsync(() -> readHere(work), readers));
  }

  private <T> T readHere(Work<T> work) {
    try {
      Connection pooled = idle.poll();
      Connection connection = pooled == null ? open() : pooled;
      try (var statement = connection.createStatement()) {
        statement.execute("BEGIN");
        try {
          return work.in(new Session(connection, false));
        } finally {
          statement.execute("ROLLBACK");
        }
      } finally {
        idle.add(connection);
      }
    } catch (SQLException e) {
      throw new StoreException("the database cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public <T> T write(Work<T> work) {
    return await(writer.submit(work, true));
  }

  @Override
  public <T> T writeRelaxed(Work<T> work) {
    return await(writer.submit(work, false));
  }

  /** Waits to the end whatever interrupts: the transaction goes on anyway. */
  private static <T> T await(CompletableFuture<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof RuntimeException cause) {
            cause.addSuppressed(new CallerTrace());
            throw cause;
          }
          throw new StoreException("the database failed", e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Shows who asked, because the work failed on the database's thread. */
  private static final class CallerTrace extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CallerTrace() {
      super("asked here");
    }
  }

  @Override
  public boolean exclusive() {
    return exclusive;
  }

  @Override
  public void close() {
    readers.close();
    for (Connection connection : idle) {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new StoreException("the database cannot be closed: " + e.getMessage(), e);
      }
    }
    writer.close();
  }
}
