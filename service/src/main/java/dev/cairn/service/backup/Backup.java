package dev.cairn.service.backup;

import dev.cairn.build.BuildId;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.oci.Digest;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.image.LeaseTable;
import dev.cairn.service.json.ModelJson;
import dev.cairn.service.log.LogCopy;
import dev.cairn.service.store.OwnerOnly;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Makes a backup beside a server that runs.
 *
 * <ol>
 *   <li>Every blob that anything reaches is leased, so that collection leaves it.
 *   <li>The database is copied as of one moment. What came to be reached since is leased, too: the
 *       leases now cover all that the copy reaches.
 *   <li>Blobs are linked or copied, those of earlier backups in the same place left out; then the
 *       event logs. A log tells no end that the copied database does not know.
 *   <li>The list of everything is written last; the leases end.
 * </ol>
 */
public final class Backup {
  /** The name of SQLite's copy. */
  public static final String SQLITE = "cairn.db";

  /** The name of PostgreSQL's copy, in the form of {@code pg_dump --format=custom}. */
  public static final String POSTGRES = "cairn.pgdump";

  static final String LOGS = "logs";
  static final String AUDIT = "audit";
  static final String ANCHOR = "audit.anchor";
  private static final Duration HELD = Duration.ofHours(2);
  private static final int LEASED_AT_ONCE = 500;
  private static final Duration CLOCKS = Duration.ofSeconds(5);
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Store store;
  private final AuditLog audit;
  private final LeaseTable leases;
  private final LocalBlobStore blobs;
  private final Path data;
  private final Clock clock;

  /** Backups of the data directory that these work on. */
  public Backup(
      Store store,
      AuditLog audit,
      LeaseTable leases,
      LocalBlobStore blobs,
      Path data,
      Clock clock) {
    this.store = store;
    this.audit = audit;
    this.leases = leases;
    this.blobs = blobs;
    this.data = data;
    this.clock = clock;
  }

  /**
   * What was made.
   *
   * @param directory the new backup
   * @param builds whose logs it holds
   * @param blobs that it needs
   * @param added of these, not there from an earlier backup
   * @param bytes of those added
   */
  public record Made(Path directory, long builds, long blobs, long added, long bytes) {}

  /**
   * Makes a backup in a directory of its own below the given one, where blobs are kept once for all
   * backups.
   *
   * @throws IOException if it cannot be made; what is there already is left
   */
  public Made make(Path to, DatabaseCopy copy) throws IOException {
    Instant begun = clock.instant();
    Path directory = OwnerOnly.directories(to.resolve(NAME.format(begun)));
    String owner = "backup:" + directory.getFileName();
    try {
      Map<String, String> files = new TreeMap<>();
      hold(owner, leases.reached());
      // The anchor comes before the log that it speaks of: it must not know more.
      auditFiles(directory, files);
      String database = copy.into(directory);
      sync(directory.resolve(database));
      files.put(database, CheckedCopy.digest(directory.resolve(database)).toString());
      Set<Digest> needed = leases.reached();
      hold(owner, needed);
      List<String> listed = new ArrayList<>();
      Counts counts = blobs(to, needed, listed, owner);
      long builds = logs(directory, begun.minus(CLOCKS), files);
      var list = new BackupList(BackupList.FORM, begun.toString(), listed, files);
      write(directory, ModelJson.write(list));
      audit.note(
          Deed.of(
              Action.BACKUP_MADE,
              directory + ": " + listed.size() + " blobs, " + builds + " logs"));
      return new Made(directory, builds, listed.size(), counts.added, counts.bytes);
    } finally {
      leases.release(owner);
    }
  }

  private void hold(String owner, Collection<Digest> digests) {
    List<Digest> all = List.copyOf(digests);
    for (int i = 0; i < all.size(); i += LEASED_AT_ONCE) {
      leases.lease(owner, all.subList(i, Math.min(all.size(), i + LEASED_AT_ONCE)), HELD);
    }
  }

  private static final class Counts {
    private long added;
    private long bytes;
  }

  private Counts blobs(Path to, Set<Digest> needed, List<String> listed, String owner)
      throws IOException {
    var counts = new Counts();
    Instant held = clock.instant();
    for (Digest digest : needed) {
      if (clock.instant().isAfter(held.plus(HELD.dividedBy(8)))) {
        leases.extend(owner, HELD);
        held = clock.instant();
      }
      Path from = blobs.path(digest);
      Path at = blob(to, digest);
      try {
        long size = Files.size(from);
        if (!Files.exists(at) || Files.size(at) != size) {
          Files.deleteIfExists(at);
          OwnerOnly.directories(at.resolveSibling(""));
          linkOrCopy(from, at, digest);
          counts.added++;
          counts.bytes += size;
        }
        listed.add(digest.toString());
      } catch (NoSuchFileException _) {
        // A lease may be older than its bytes: an upload that goes on.
      }
    }
    return counts;
  }

  /** Blobs never change, so one file may serve both; on another disk it has to be a copy. */
  private static void linkOrCopy(Path from, Path at, Digest digest) throws IOException {
    try {
      Files.createLink(at, from);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      CheckedCopy.copy(from, at, Optional.of(digest));
    }
  }

  static Path blob(Path root, Digest digest) {
    return root.resolve("blobs").resolve(digest.algorithm().label()).resolve(digest.hex());
  }

  private record Ended(BuildId id, boolean ended) {}

  private long logs(Path directory, Instant copied, Map<String, String> files) throws IOException {
    List<Ended> builds =
        store.read(session ->
            session.all(
                "SELECT id, ended, completed_at FROM build",
                row ->
                    new Ended(
                        BuildId.parse(row.text("id")),
                        row.flag("ended")
                            && row.optionalTime("completed_at")
                                .filter(at -> at.isBefore(copied))
                                .isPresent())));
    long number = 0;
    for (Ended build : builds) {
      Path log = LogCopy.place(data.resolve(LOGS), build.id());
      Path at = LogCopy.place(directory.resolve(LOGS), build.id());
      OwnerOnly.directories(at.resolveSibling(""));
      try {
        LogCopy.copy(log, at, build.ended());
      } catch (NoSuchFileException e) {
        // Retention was faster.
        continue;
      }
      files.put(directory.relativize(at).toString(), CheckedCopy.digest(at).toString());
      number++;
    }
    return number;
  }

  private void auditFiles(Path directory, Map<String, String> files) throws IOException {
    if (Files.exists(data.resolve(ANCHOR))) {
      add(data.resolve(ANCHOR), directory.resolve(ANCHOR), directory, files);
    }
    Path old = data.resolve(AUDIT);
    if (Files.isDirectory(old)) {
      OwnerOnly.directories(directory.resolve(AUDIT));
      try (Stream<Path> all = Files.list(old)) {
        for (Path file : all.filter(f -> f.toString().endsWith(".jsonl")).toList()) {
          add(file, directory.resolve(AUDIT).resolve(file.getFileName()), directory, files);
        }
      }
    }
  }

  private static void add(Path from, Path to, Path directory, Map<String, String> files)
      throws IOException {
    files.put(
        directory.relativize(to).toString(),
        CheckedCopy.copy(from, to, Optional.empty()).toString());
  }

  private static void sync(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static void write(Path directory, String text) throws IOException {
    Path beside = OwnerOnly.create(directory.resolve(BackupList.NAME + ".part"));
    Files.writeString(beside, text, StandardCharsets.UTF_8);
    sync(beside);
    Files.move(beside, directory.resolve(BackupList.NAME), StandardCopyOption.ATOMIC_MOVE);
  }
}
