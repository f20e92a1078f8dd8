package dev.cairn.app.server;

import dev.cairn.app.command.ExitCode;
import dev.cairn.app.command.Surroundings;
import dev.cairn.service.backup.Restore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn restore}: a data directory of a backup. */
@Command(
    name = "restore",
    description = {
      "Makes a data directory of a backup. Every file is checked against its digest.",
      "Builds that ran when the backup was made run again; those that need secrets which were",
      "sent with their request fail and say so."
    })
public final class RestoreCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  /** The command, in these surroundings. */
  public RestoreCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Parameters(
      index = "0",
      paramLabel = "DIR",
      description = "a backup, or where backups are kept: then the newest")
  private Path from = Path.of("");

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "the new data directory; missing or empty")
  private Path data = Path.of("");

  @Option(
      names = "--keys",
      paramLabel = "DIR",
      description = "the keys that were kept apart from the backup")
  private @Nullable Path keys;

  @Override
  public Integer call() throws IOException {
    Path target = surroundings.path(data.toString());
    if (keys != null && KeyFiles.names(surroundings.path(keys.toString())).isEmpty()) {
      throw new IOException("--keys: " + keys + " holds no key");
    }
    Restore.Restored restored = Restore.restore(surroundings.path(from.toString()), target);
    if (keys != null) {
      KeyFiles.copy(surroundings.path(keys.toString()), target);
    }
    surroundings.out().println(restored.backup());
    surroundings.err().printf("%d blobs and %d other files%n", restored.blobs(), restored.files());
    if (!Files.exists(target.resolve("secrets.key"))) {
      surroundings
          .err()
          .println(
              "cairn: there is no secrets.key; without the old one stored secrets do not open and"
                  + " have to be set again");
    }
    restored
        .postgres()
        .ifPresent(dump ->
            surroundings
                .err()
                .println(
                    "cairn: now load the database, before the server starts, and then delete"
                        + " the dump: pg_restore --no-owner --exit-on-error --dbname=URL "
                        + dump));
    return ExitCode.OK;
  }
}
