package dev.cairn.service.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection inside a transaction: plain JDBC with the ceremony taken off. Arguments are texts,
 * numbers, flags, bytes, times (stored as milliseconds), optional ones of these, or anything whose
 * {@code toString} is its stored form, as digests and ids.
 */
public final class Session {
  private final Connection connection;
  private final boolean postgres;

  Session(Connection connection, boolean postgres) {
    this.connection = connection;
    this.postgres = postgres;
  }

  /** Turns a row into a value. */
  @FunctionalInterface
  public interface Mapper<T> {
    /** The value of this row. */
    T map(Row row) throws SQLException;
  }

  /** All rows. */
  public <T> List<T> all(String sql, Mapper<T> mapper, @Nullable Object... arguments)
      throws SQLException {
    try (var statement = prepare(sql, arguments);
        var results = statement.executeQuery()) {
      var found = new ArrayList<T>();
      var row = new Row(results);
      while (results.next()) {
        found.add(mapper.map(row));
      }
      return found;
    }
  }

  /** The first row, if there is one. */
  public <T> Optional<T> one(String sql, Mapper<T> mapper, @Nullable Object... arguments)
      throws SQLException {
    try (var statement = prepare(sql, arguments);
        var results = statement.executeQuery()) {
      return results.next() ? Optional.of(mapper.map(new Row(results))) : Optional.empty();
    }
  }

  /** Whether there is a row. */
  public boolean exists(String sql, @Nullable Object... arguments) throws SQLException {
    try (var statement = prepare(sql, arguments);
        var results = statement.executeQuery()) {
      return results.next();
    }
  }

  /** The number in the column {@code n} of the only row, as of {@code SELECT count(*) AS n}. */
  public long count(String sql, @Nullable Object... arguments) throws SQLException {
    return one(sql, row -> row.number("n"), arguments).orElse(0L);
  }

  /** Changes rows; how many. */
  public int update(String sql, @Nullable Object... arguments) throws SQLException {
    try (var statement = prepare(sql, arguments)) {
      return statement.executeUpdate();
    }
  }

  /** One change with many lists of arguments. */
  public void updateEach(String sql, Iterable<? extends List<?>> rows) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      boolean any = false;
      for (List<?> row : rows) {
        for (int i = 0; i < row.size(); i++) {
          bind(statement, i + 1, row.get(i));
        }
        statement.addBatch();
        any = true;
      }
      if (any) {
        statement.executeBatch();
      }
    }
  }

  /**
   * What ends a SELECT whose rows must not change until the commit. SQLite has one writer, so there
   * nothing needs to be said.
   */
  public String forUpdate() {
    return postgres ? " FOR UPDATE" : "";
  }

  /** As {@link #forUpdate}, passing over rows that somebody else holds. */
  public String forUpdateSkipLocked() {
    return postgres ? " FOR UPDATE SKIP LOCKED" : "";
  }

  /** Lets one transaction at a time, of all processes, go on from here. */
  public void serialise(long lock) throws SQLException {
    if (postgres) {
      exists("SELECT pg_advisory_xact_lock(?)", lock);
    }
  }

  /** Goes on beside others who say the same, but not beside one who {@link #serialise}s. */
  public void share(long lock) throws SQLException {
    if (postgres) {
      exists("SELECT pg_advisory_xact_lock_shared(?)", lock);
    }
  }

  private PreparedStatement prepare(String sql, @Nullable Object[] arguments) throws SQLException {
    var statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < arguments.length; i++) {
        bind(statement, i + 1, arguments[i]);
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  private static void bind(PreparedStatement statement, int index, @Nullable Object argument)
      throws SQLException {
    switch (argument) {
      case null -> statement.setNull(index, Types.NULL);
      case Optional<?> optional ->
          bind(statement, index, optional.isPresent() ? optional.get() : null);
      case Boolean flag -> statement.setLong(index, flag ? 1 : 0);
      case Integer number -> statement.setLong(index, number);
      case Long number -> statement.setLong(index, number);
      case Double fraction -> statement.setDouble(index, fraction);
      case Instant time -> statement.setLong(index, time.toEpochMilli());
      case byte[] bytes -> statement.setBytes(index, bytes);
      default -> statement.setString(index, argument.toString());
    }
  }
}
