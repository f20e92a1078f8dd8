package dev.cairn.service.assembly;

import dev.cairn.service.store.OldDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A data directory as text: the database's rows as INSERT statements in {@code rows.sql}, and files
 * in hexadecimal in {@code files.txt}, one a line behind its path.
 */
final class ReleaseData {
  private ReleaseData() {}

  /** Writes down what lies in {@code data} and {@code blobs} below the root. */
  static void record(Path root, Path to) throws IOException, SQLException {
    Files.createDirectories(to);
    try (var connection =
        DriverManager.getConnection("jdbc:sqlite:" + root.resolve("data/cairn.db"))) {
      Files.write(to.resolve("rows.sql"), rows(connection));
    }
    var files = new ArrayList<String>();
    add(files, root, root.resolve("data/secrets.key"));
    for (String folder : List.of("data/logs", "blobs/blobs")) {
      try (Stream<Path> all = Files.walk(root.resolve(folder))) {
        for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
          add(files, root, file);
        }
      }
    }
    Files.write(to.resolve("files.txt"), files);
  }

  private static List<String> rows(Connection connection) throws SQLException {
    var rows = new ArrayList<String>();
    var names = new ArrayList<String>();
    try (var statement = connection.createStatement();
        var found =
            statement.executeQuery(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                    + " AND name <> 'migration' ORDER BY name")) {
      while (found.next()) {
        names.add(found.getString(1));
      }
    }
    for (String name : names) {
      try (var statement = connection.createStatement();
          var each = statement.executeQuery("SELECT * FROM " + name)) {
        while (each.next()) {
          rows.add(row(name, each));
        }
      }
    }
    return rows;
  }

  private static String row(String table, ResultSet from) throws SQLException {
    var columns = new ArrayList<String>();
    var values = new ArrayList<String>();
    for (int i = 1; i <= from.getMetaData().getColumnCount(); i++) {
      columns.add(from.getMetaData().getColumnName(i));
      values.add(
          switch (from.getObject(i)) {
            case null -> "NULL";
            case byte[] bytes -> "X'" + HexFormat.of().formatHex(bytes) + "'";
            case Number number -> number.toString();
            case Object text -> "'" + text.toString().replace("'", "''") + "'";
          });
    }
    return "INSERT INTO %s (%s) VALUES (%s)"
        .formatted(table, String.join(", ", columns), String.join(", ", values));
  }

  private static void add(List<String> files, Path root, Path file) throws IOException {
    files.add(root.relativize(file) + " " + HexFormat.of().formatHex(Files.readAllBytes(file)));
  }

  /** Makes the directories of a release below the root, and its database at the address. */
  static void restore(String release, Path root, String url, int migrations)
      throws IOException, SQLException {
    for (String line : lines(release, "files.txt")) {
      int space = line.indexOf(' ');
      Path file = root.resolve(line.substring(0, space));
      Files.createDirectories(file.resolveSibling(""));
      Files.write(file, HexFormat.of().parseHex(line.substring(space + 1)));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
    OldDatabase.fill(url, migrations, lines(release, "rows.sql"));
  }

  static List<String> lines(String release, String name) throws IOException {
    try (InputStream in = ReleaseData.class.getResourceAsStream(release + "/" + name)) {
      if (in == null) {
        throw new IOException("there is no " + release + "/" + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .toList();
    }
  }
}
