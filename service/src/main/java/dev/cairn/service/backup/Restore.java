package dev.cairn.service.backup;

import dev.cairn.oci.Digest;
import dev.cairn.service.json.ModelJson;
import dev.cairn.service.store.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/** Makes a data directory of a backup. Every byte is checked on its way. */
public final class Restore {
  /** Lies in a data directory while it is not complete; a server does not start on it. */
  public static final String INCOMPLETE = "restore.incomplete";

  private static final Pattern FILE =
      Pattern.compile(
          "cairn\\.db|cairn\\.pgdump|audit\\.anchor|audit/\\d{15}\\.jsonl"
              + "|logs/[0-9a-f]{2}/[0-9a-f]{32}");

  private Restore() {}

  /**
   * What was restored.
   *
   * @param backup the backup
   * @param blobs how many
   * @param files how many others
   * @param postgres the dump that is still to be loaded, if the database was PostgreSQL
   */
  public record Restored(Path backup, long blobs, long files, Optional<Path> postgres) {}

  /**
   * Restores into a directory that is missing or empty.
   *
   * @param from one backup, or a directory of backups, of which the newest complete one counts
   * @throws IOException if the directory is not empty, or the backup is damaged, naming the file
   */
  public static Restored restore(Path from, Path data) throws IOException {
    Path backup = newest(from);
    BackupList list = list(backup);
    requireEmpty(data);
    OwnerOnly.directories(data);
    Path mark = OwnerOnly.create(data.resolve(INCOMPLETE));
    Path source = backup.toAbsolutePath().normalize().resolveSibling("");
    for (String text : list.blobs()) {
      Digest digest = Digest.parse(text);
      // The blob store's own layout.
      Path at = Backup.blob(data.resolve("blobs"), digest);
      OwnerOnly.directories(at.resolveSibling(""));
      CheckedCopy.copy(Backup.blob(source, digest), at, Optional.of(digest));
    }
    Optional<Path> dump = Optional.empty();
    for (Map.Entry<String, String> file : list.files().entrySet()) {
      if (!FILE.matcher(file.getKey()).matches()) {
        throw new IOException(backup + ": " + file.getKey() + " is no file of a backup");
      }
      Path at = data.resolve(file.getKey());
      OwnerOnly.directories(at.resolveSibling(""));
      CheckedCopy.copy(
          backup.resolve(file.getKey()), at, Optional.of(Digest.parse(file.getValue())));
      if (file.getKey().equals(Backup.POSTGRES)) {
        dump = Optional.of(at);
      }
    }
    Files.delete(mark);
    return new Restored(backup, list.blobs().size(), list.files().size(), dump);
  }

  private static Path newest(Path from) throws IOException {
    if (Files.exists(from.resolve(BackupList.NAME))) {
      return from;
    }
    if (Files.isDirectory(from)) {
      try (Stream<Path> all = Files.list(from)) {
        Optional<Path> found =
            all.filter(each -> Files.exists(each.resolve(BackupList.NAME)))
                .max(Comparator.comparing(each -> String.valueOf(each.getFileName())));
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    throw new IOException(
        from + " holds no complete backup: there is no " + BackupList.NAME + " in it or below");
  }

  private static BackupList list(Path backup) throws IOException {
    try {
      BackupList list =
          ModelJson.read(Files.readAllBytes(backup.resolve(BackupList.NAME)), BackupList.class);
      if (list.form() != BackupList.FORM) {
        throw new IOException(
            backup + " was made by another version of Cairn; restore it with that version");
      }
      return list;
    } catch (JacksonException e) {
      throw new IOException(backup.resolve(BackupList.NAME) + " is damaged: " + e.getMessage(), e);
    }
  }

  private static void requireEmpty(Path data) throws IOException {
    if (Files.isDirectory(data)) {
      try (Stream<Path> inside = Files.list(data)) {
        if (inside.findAny().isEmpty()) {
          return;
        }
      }
    } else if (!Files.exists(data)) {
      return;
    }
    throw new IOException(data + " is not empty; a backup is restored into a new directory only");
  }
}
