package dev.cairn.service.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** One row of an answer. Columns are read by name. */
public final class Row {
  private final ResultSet results;

  Row(ResultSet results) {
    this.results = results;
  }

  /** A text that is never absent. */
  public String text(String column) throws SQLException {
    return optionalText(column)
        .orElseThrow(() -> new IllegalStateException("column " + column + " is null"));
  }

  /** A text. */
  public Optional<String> optionalText(String column) throws SQLException {
    return Optional.ofNullable(results.getString(column));
  }

  /** A whole number; 0 if absent. */
  public long number(String column) throws SQLException {
    return results.getLong(column);
  }

  /** A fraction. */
  public double fraction(String column) throws SQLException {
    return results.getDouble(column);
  }

  /** Bytes that are never absent. */
  public byte[] bytes(String column) throws SQLException {
    byte[] value = results.getBytes(column);
    return value == null ? new byte[0] : value;
  }

  /** A time, stored as milliseconds since 1970. */
  public Instant time(String column) throws SQLException {
    return Instant.ofEpochMilli(results.getLong(column));
  }

  /** A time that may be absent. */
  public Optional<Instant> optionalTime(String column) throws SQLException {
    long millis = results.getLong(column);
    return results.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /** Whether a flag, stored as 0 or 1, is set. */
  public boolean flag(String column) throws SQLException {
    return results.getLong(column) != 0;
  }
}
