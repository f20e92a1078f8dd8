package dev.cairn.app.server;

import dev.cairn.linux.sys.Programs;
import dev.cairn.service.backup.Backup;
import dev.cairn.service.backup.DatabaseCopy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Has PostgreSQL's own program copy the database. */
final class PostgresDump implements DatabaseCopy {
  private static final String JDBC = "jdbc:";
  private static final Duration MOST = Duration.ofHours(6);
  private static final int MOST_MESSAGE = 4000;

  private final ServerConfig.Database database;

  PostgresDump(ServerConfig.Database database) {
    this.database = database;
  }

  @Override
  public String into(Path directory) throws IOException {
    String url = database.url();
    var builder =
        new ProcessBuilder(
            List.of(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-password",
                "--file=" + directory.resolve(Backup.POSTGRES),
                "--username=" + database.user(),
                "--dbname=" + (url.startsWith(JDBC) ? url.substring(JDBC.length()) : url)));
    // Never an argument: others see those.
    builder.environment().put("PGPASSWORD", database.password().text());
    builder.redirectErrorStream(true);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IOException(
          "pg_dump cannot be started; install PostgreSQL's client programs"
              + " (apt-get install postgresql-client) in the server's version or a newer one",
          e);
    }
    Programs.limit(process, MOST);
    String said;
    try (InputStream out = process.getInputStream()) {
      process.getOutputStream().close();
      said = new String(out.readNBytes(MOST_MESSAGE), StandardCharsets.UTF_8).strip();
      out.transferTo(java.io.OutputStream.nullOutputStream());
    }
    int code = Programs.awaitEnd(process);
    if (code != 0) {
      throw new IOException("pg_dump failed with code " + code + ": " + said);
    }
    return Backup.POSTGRES;
  }
}
