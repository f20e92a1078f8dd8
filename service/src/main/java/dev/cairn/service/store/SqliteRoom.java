package dev.cairn.service.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room inside the files of a database, for what has to be written when the disk has none left: that
 * a build has ended, and why. Pages that were used once stay in the database as free ones, and the
 * log keeps its length when it begins anew, until the last connection goes. Keeping space free
 * beside the files would not do: whoever fills the disk takes that too.
 */
final class SqliteRoom {
  private static final Logger log = LoggerFactory.getLogger(SqliteRoom.class);

  /** Somewhat more than the log has when it begins anew (wal_autocheckpoint: 1000 pages). */
  private static final long BYTES = 6 << 20;

  private SqliteRoom() {}

  /** Makes it, if the disk has so much now. */
  static void make(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS room");
      statement.execute("CREATE TABLE room (filler BLOB)");
      try {
        statement.execute("INSERT INTO room VALUES (zeroblob(" + BYTES + "))");
      } catch (SQLException e) {
        log.warn("the disk has no room for the ends of builds: {}", e.getMessage());
      }
      statement.execute("DROP TABLE room");
      beginLogAnew(statement);
    } catch (SQLException e) {
      log.warn("no room was made in the database: {}", e.getMessage());
    }
  }

  /** Copies what is in the log to the database; the next transaction writes over it. */
  private static void beginLogAnew(Statement statement) throws SQLException {
    try (var results = statement.executeQuery("PRAGMA wal_checkpoint(RESTART)")) {
      results.next();
    }
  }
}
