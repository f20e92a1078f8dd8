package dev.cairn.service.assembly;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** A PostgreSQL of the system's packages, started in a directory of its own for one test class. */
final class PostgresServer implements Database, AutoCloseable {
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

  private final Path directory;
  private final Process process;
  private final int port;
  private final AtomicInteger names = new AtomicInteger();

  /** Starts one; the test is skipped if there is none. */
  static PostgresServer start() throws IOException, InterruptedException {
    Optional<Path> programs = programs();
    Assumptions.assumeTrue(
        programs.isPresent(), "PostgreSQL is not installed: apt-get install postgresql");
    boolean root = System.getProperty("user.name").equals("root");
    Assumptions.assumeTrue(
        !root || Files.isExecutable(Path.of("/usr/bin/setpriv")),
        "PostgreSQL does not run as root, and setpriv is not installed");
    return new PostgresServer(programs.get(), root ? owner() : List.of());
  }

  private static Optional<Path> programs() throws IOException {
    if (!Files.isDirectory(INSTALLED)) {
      return Optional.empty();
    }
    try (var versions = Files.list(INSTALLED)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Path::compareTo);
    }
  }

  private static List<String> owner() {
    return List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--");
  }

  private PostgresServer(Path programs, List<String> as) throws IOException, InterruptedException {
    directory =
        Files.createTempDirectory(
            "cairn-postgres",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    if (!as.isEmpty()) {
      var users = directory.getFileSystem().getUserPrincipalLookupService();
      Files.setOwner(directory, users.lookupPrincipalByName("postgres"));
    }
    Path data = directory.resolve("data");
    // An order that is not by bytes, as on most installations.
    Process init =
        run(
            as,
            programs.resolve("initdb").toString(),
            "-D",
            data.toString(),
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync");
    if (init.waitFor() != 0) {
      throw new IOException("initdb failed: " + Files.readString(directory.resolve("../" + log())));
    }
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    process =
        run(
            as,
            programs.resolve("postgres").toString(),
            "-D",
            data.toString(),
            "-h",
            "127.0.0.1",
            "-p",
            String.valueOf(port),
            "-k",
            "",
            "-F",
            "-c",
            "max_connections=200");
    awaitReady();
  }

  private String log() {
    return directory.getFileName() + ".log";
  }

  private Process run(List<String> as, String... command) throws IOException {
    var all = new ArrayList<>(as);
    all.addAll(Arrays.asList(command));
    Path output = directory.resolveSibling(log());
    return new ProcessBuilder(all)
        .directory(directory.getRoot().toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
        .start();
  }

  private void awaitReady() throws InterruptedException {
    for (int i = 0; i < 300; i++) {
      try (var connection = DriverManager.getConnection(url("postgres"), "postgres", "")) {
        if (connection.isValid(1)) {
          return;
        }
      } catch (SQLException _) {
        Thread.sleep(100);
      }
    }
    throw new IllegalStateException("PostgreSQL did not come up");
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  @Override
  public Optional<ServiceSettings.Postgres> fresh() {
    String name = "cairn" + names.incrementAndGet();
    try (var connection = DriverManager.getConnection(url("postgres"), "postgres", "");
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("a database cannot be made", e);
    }
    return Optional.of(new ServiceSettings.Postgres(url(name), "postgres", "", 12));
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (var files = Files.walk(directory)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(PostgresServer::delete);
    }
    Files.deleteIfExists(directory.resolveSibling(log()));
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
