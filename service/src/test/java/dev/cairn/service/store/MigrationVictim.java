package dev.cairn.service.store;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;

/** Migrates a database file in a process of its own, to be killed meanwhile. */
final class MigrationVictim {
  private static final String SLOW = "900-slow.sql";

  private MigrationVictim() {}

  static List<String> files() {
    var all = new ArrayList<>(Migrations.FILES);
    all.add(SLOW);
    return all;
  }

  public static void main(String[] arguments) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + Path.of(arguments[0]));
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA busy_timeout=15000");
      statement.execute("BEGIN IMMEDIATE");
      System.out.println("begun");
      new Migrations(false, files()).run(connection);
      statement.execute("COMMIT");
    }
    System.out.println("done");
  }
}
