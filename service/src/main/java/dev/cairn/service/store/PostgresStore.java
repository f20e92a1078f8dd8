package dev.cairn.service.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.cairn.service.Metrics;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * PostgreSQL, for more than one machine. Its driver blocks on sockets, which virtual threads do
 * well, so work runs on the caller's thread; PostgreSQL groups commits by itself.
 */
public final class PostgresStore implements Store {
  private static final int MOST_TRIES = 8;

  private final HikariDataSource pool;
  private final Metrics metrics;

  /**
   * Connects and brings the tables up to date.
   *
   * @param url {@code jdbc:postgresql://…}
   * @param connections how many at most
   * @throws StoreException if that fails
   */
  public PostgresStore(String url, String user, String password, int connections, Metrics metrics) {
    this.metrics = metrics;
    var config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(1);
    config.setAutoCommit(false);
    config.setPoolName("store");
    config.setConnectionTimeout(15_000);
    try {
      this.pool = new HikariDataSource(config);
    } catch (RuntimeException e) {
      throw new StoreException("PostgreSQL cannot be reached: " + e.getMessage(), e);
    }
    try (Connection connection = pool.getConnection()) {
      new Migrations(true).run(connection);
      connection.commit();
    } catch (SQLException e) {
      pool.close();
      throw new StoreException("PostgreSQL cannot be used: " + e.getMessage(), e);
    }
  }

  @Override
  public <T> T read(Work<T> work) {
    return run(work, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }

  @Override
  public <T> T write(Work<T> work) {
    return run(work, "");
  }

  @Override
  public <T> T writeRelaxed(Work<T> work) {
    return run(work, "SET LOCAL synchronous_commit TO OFF");
  }

  private <T> T run(Work<T> work, String first) {
    for (int attempt = 1; ; attempt++) {
      try (Connection connection = pool.getConnection()) {
        try {
          if (!first.isEmpty()) {
            try (var statement = connection.createStatement()) {
              statement.execute(first);
            }
          }
          T value = work.in(new Session(connection, true));
          connection.commit();
          metrics.record(Metrics.Measure.STORE_COMMITS, 1);
          metrics.record(Metrics.Measure.STORE_TRANSACTIONS, 1);
          return value;
        } catch (SQLException | RuntimeException | Error e) {
          connection.rollback();
          throw e;
        }
      } catch (SQLException e) {
        if (attempt == MOST_TRIES || !collided(e)) {
          throw new StoreException("the database failed: " + e.getMessage(), e);
        }
      }
    }
  }

  /** Two transactions were in each other's way, and one was undone: class 40, or a lost race. */
  private static boolean collided(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("40") || state.equals("23505"));
  }

  @Override
  public boolean exclusive() {
    return false;
  }

  @Override
  public void close() {
    pool.close();
  }
}
