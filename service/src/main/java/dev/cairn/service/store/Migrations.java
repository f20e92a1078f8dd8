package dev.cairn.service.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Brings the tables to the newest form: numbered files, each run once, in order, in a transaction.
 * The two databases differ in the name of one type, which stands as {@code ${bytes}}, and in how
 * texts are ordered unless it is said: by their bytes.
 */
final class Migrations {
  static final List<String> FILES =
      List.of(
          "001-begin.sql",
          "002-settings.sql",
          "003-builders.sql",
          "004-pulls.sql",
          "005-collection.sql",
          "006-registry.sql",
          "007-pushes.sql",
          "008-audit.sql",
          "009-mirrors.sql");

  private final boolean postgres;
  private final List<String> files;

  Migrations(boolean postgres) {
    this(postgres, FILES);
  }

  /** The first so many of the files, or others behind them. */
  Migrations(boolean postgres, List<String> files) {
    this.postgres = postgres;
    this.files = List.copyOf(files);
  }

  /** Runs what is missing. The connection is in a transaction that nobody else can write beside. */
  void run(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      if (postgres) {
        statement.execute("SELECT pg_advisory_xact_lock(7105)");
      }
      statement.execute(
          "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL)");
      int done;
      try (var results = statement.executeQuery("SELECT COALESCE(MAX(number), 0) FROM migration")) {
        results.next();
        done = results.getInt(1);
      }
      if (done > files.size()) {
        throw new SQLException(
            "the database was written by a newer version of Cairn (migration "
                + done
                + "); start that version");
      }
      for (int number = done + 1; number <= files.size(); number++) {
        String name = files.get(number - 1);
        for (String sql : statements(name)) {
          statement.execute(sql);
        }
        statement.execute("INSERT INTO migration VALUES (" + number + ", '" + name + "')");
      }
    }
  }

  private List<String> statements(String name) {
    try (var in = Migrations.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the migration " + name + " is missing from the program");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      text = text.replaceAll("(?m)--.*$", "").replace("${bytes}", postgres ? "BYTEA" : "BLOB");
      if (postgres) {
        text = text.replace(" TEXT", " TEXT COLLATE \"C\"");
      }
      return List.of(text.split(";\\s*\\n")).stream().filter(sql -> !sql.isBlank()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
