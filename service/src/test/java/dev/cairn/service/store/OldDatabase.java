package dev.cairn.service.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/** Makes a database of an earlier form. */
public final class OldDatabase {
  private OldDatabase() {}

  /**
   * Fills an empty database.
   *
   * @param url of SQLite or PostgreSQL, whose user is {@code postgres}
   * @param migrations how many had been run
   * @param rows INSERT statements; bytes stand as {@code X'00'}
   */
  public static void fill(String url, int migrations, List<String> rows) throws SQLException {
    boolean postgres = url.startsWith("jdbc:postgresql:");
    try (Connection connection =
        postgres
            ? DriverManager.getConnection(url, "postgres", "")
            : DriverManager.getConnection(url)) {
      connection.setAutoCommit(false);
      new Migrations(postgres, Migrations.FILES.subList(0, migrations)).run(connection);
      try (var statement = connection.createStatement()) {
        // The only table that a migration fills; the rows bring their own.
        statement.execute("DELETE FROM queue_clock");
        for (String row : rows) {
          statement.execute(
              postgres ? row.replaceAll("X'([0-9a-fA-F]*)'", "decode('$1', 'hex')") : row);
        }
      }
      connection.commit();
    }
  }
}
