package dev.cairn.app.server;

import dev.cairn.app.command.ExitCode;
import dev.cairn.app.command.Surroundings;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.service.Actor;
import dev.cairn.service.assembly.CairnService;
import dev.cairn.service.backup.Backup;
import dev.cairn.service.backup.DatabaseCopy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn backup}: a copy of everything that cannot be made again. */
@Command(
    name = "backup",
    description = {
      "Backs a data directory up while its server goes on running.",
      "Each backup is a directory of its own below --to; blobs that are there already are not",
      "copied again. Keys are not in it: --keys puts them elsewhere."
    },
    footer = {
      "",
      "Example:",
      "  cairn backup --data /var/lib/cairn --to /mnt/backup --keys /mnt/safe/cairn-keys",
      "Back again: cairn restore /mnt/backup --data NEW-DIR --keys /mnt/safe/cairn-keys"
    })
public final class BackupCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  /** The command, in these surroundings. */
  public BackupCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "the server's configuration, default $$CAIRN_CONFIG; needed for PostgreSQL")
  private @Nullable Path config;

  @Option(names = "--data", paramLabel = "DIR", description = "the server's data directory")
  private @Nullable Path data;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR",
      description = "where backups are kept; best on another disk")
  private Path to = Path.of("");

  @Option(
      names = "--keys",
      paramLabel = "DIR",
      description = "copy the keys here, apart from the backup")
  private @Nullable Path keys;

  @Override
  public Integer call() throws IOException {
    ServerConfig chosen = chosen();
    try (CairnService service = DirectAdmin.open(chosen)) {
      DatabaseCopy copy =
          service.databaseCopy().orElseGet(() -> new PostgresDump(chosen.database().orElseThrow()));
      var blobs = LocalBlobStore.besideServer(chosen.data().resolve("blobs"));
      Backup.Made made =
          Actor.LOCAL.call(
              () -> service.backup(blobs).make(surroundings.path(to.toString()), copy));
      surroundings.out().println(made.directory());
      surroundings
          .err()
          .printf(
              "%d builds, %d blobs, of which %d (%d bytes) are new here%n",
              made.builds(), made.blobs(), made.added(), made.bytes());
    }
    if (keys != null) {
      List<String> names = KeyFiles.copy(chosen.data(), surroundings.path(keys.toString()));
      surroundings.err().println("keys: " + String.join(", ", names));
    } else {
      surroundings
          .err()
          .println(
              "cairn: the backup holds no keys; stored secrets open only with "
                  + chosen.data().resolve("secrets.key")
                  + ": keep a copy of it elsewhere (--keys DIR)");
    }
    return ExitCode.OK;
  }

  private ServerConfig chosen() throws IOException {
    Optional<Path> file =
        Optional.ofNullable(config).or(() -> surroundings.variable("CAIRN_CONFIG").map(Path::of));
    Path usual = data == null ? surroundings.dataDirectory() : surroundings.path(data.toString());
    if (file.isEmpty()) {
      return ServerConfig.in(usual);
    }
    ServerConfig read = ConfigFile.read(file.get()).applied(usual);
    return data == null ? read : read.storing(usual);
  }
}
