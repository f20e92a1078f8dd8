package dev.cairn.service.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.service.Metrics;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {
  private static final int ROWS = 150_000;
  private static final int KILLS = 10;
  private static final long SEED = 20_261_127;

  @TempDir Path directory;

  private String url() {
    return "jdbc:sqlite:" + directory.resolve("cairn.db");
  }

  private SqliteStore open() {
    return new SqliteStore(directory.resolve("cairn.db"), true, Metrics.NONE);
  }

  @Test
  void refusesADatabaseOfANewerVersion() throws Exception {
    open().close();
    try (var connection = DriverManager.getConnection(url());
        var statement = connection.createStatement()) {
      statement.execute("INSERT INTO migration VALUES (999, '999-later.sql')");
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("newer version of Cairn (migration 999); start that version");
  }

  @Test
  @Tag("slow")
  void leavesTheOldFormOrTheNewOneHoweverItIsKilled() throws Exception {
    OldDatabase.fill(url(), 2, List.of());
    try (var connection = DriverManager.getConnection(url());
        var statement = connection.createStatement()) {
      statement.execute(
          """
          INSERT INTO build
            (id, tenant, dialect, request, state, accepted_at, priority, draft, needs)
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
          SELECT printf('%%032x', i), 'acme', 'cairn', '{}', 'ready', i, 0, 0, '[]' FROM n
          """
              .formatted(ROWS));
    }
    var random = new Random(SEED);
    int killed = 0;
    for (int i = 0; i < KILLS; i++) {
      // The first one at once, so that at least one is killed on any machine.
      killMigration(i == 0 ? 0 : random.nextInt(400));
      killed += isNewForm() ? 0 : 1;
    }
    assertThat(killed).as("migrations killed before their end").isPositive();
    try (var connection = DriverManager.getConnection(url())) {
      connection.setAutoCommit(false);
      new Migrations(false, MigrationVictim.files()).run(connection);
      connection.commit();
    }
    assertThat(isNewForm()).isTrue();
  }

  private void killMigration(long millis) throws Exception {
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                MigrationVictim.class.getName(),
                directory.resolve("cairn.db").toString())
            .redirectErrorStream(true)
            .start();
    try (var said =
        new BufferedReader(
            new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = said.readLine(); !"begun".equals(line); line = said.readLine()) {
        assertThat(line).isNotNull();
      }
      Thread.sleep(millis);
    } finally {
      victim.destroyForcibly();
      assertThat(victim.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Whether the form is the new one; it is wholly the one or the other. */
  private boolean isNewForm() throws Exception {
    try (Connection connection = DriverManager.getConnection(url())) {
      int number = number(connection, "SELECT max(number) FROM migration");
      int newest = MigrationVictim.files().size();
      assertThat(number).isIn(2, newest);
      boolean done = number == newest;
      assertThat(
              number(
                  connection,
                  "SELECT count(*) FROM pragma_table_info('build') WHERE name = 'mark'"))
          .isEqualTo(done ? 1 : 0);
      assertThat(
              number(
                  connection,
                  "SELECT count(*) FROM build" + (done ? " WHERE mark = id || state" : "")))
          .isEqualTo(ROWS);
      assertThat(
              number(
                  connection,
                  "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"))
          .isZero();
      return done;
    }
  }

  private static int number(Connection connection, String sql) throws Exception {
    try (var statement = connection.createStatement();
        var found = statement.executeQuery(sql)) {
      found.next();
      return found.getInt(1);
    }
  }
}
