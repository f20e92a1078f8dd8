package dev.cairn.service.audit;

import dev.cairn.service.Audit;
import dev.cairn.service.Audit.Entry;
import dev.cairn.service.json.ModelJson;
import dev.cairn.service.store.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/**
 * The entries that are too old for the database: files of JSON lines, named by their first entry's
 * number. They may be taken away from the oldest on; the chain then begins later.
 */
public final class AuditFiles {
  /** How many entries a file holds. */
  static final int MOST_ENTRIES = 5000;

  private final Path directory;

  /** Files of this directory, which is made if it is missing. */
  public AuditFiles(Path directory) throws IOException {
    this.directory = OwnerOnly.directories(directory);
  }

  private static String name(long first) {
    return String.format(Locale.ROOT, "%015d.jsonl", first);
  }

  /** Writes a file beside, syncs it and renames it into its place. */
  void write(List<Entry> entries) {
    Path file = directory.resolve(name(entries.getFirst().number()));
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(beside);
      OwnerOnly.create(beside);
      try (var channel = FileChannel.open(beside, StandardOpenOption.WRITE);
          var out = Channels.newWriter(channel, StandardCharsets.UTF_8)) {
        for (Entry entry : entries) {
          out.write(ModelJson.write(Line.of(entry)) + "\n");
        }
        out.flush();
        channel.force(true);
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("old audit entries cannot be moved to " + file, e);
    }
  }

  /** Entries from a number up to another, in order. */
  List<Entry> from(long number, long last, int most) {
    var found = new ArrayList<Entry>();
    List<Path> files = files();
    for (int i = 0; i < files.size() && found.size() < most; i++) {
      if (i + 1 < files.size() && first(files.get(i + 1)) <= number) {
        continue;
      }
      for (Entry entry : read(files.get(i))) {
        if (entry.number() >= number && entry.number() <= last && found.size() < most) {
          found.add(entry);
        }
      }
    }
    return found;
  }

  /** Entries below a number, the newest first. */
  List<Entry> find(Audit.Filter filter, long before, int most) {
    var found = new ArrayList<Entry>();
    for (Path file : files().reversed()) {
      if (found.size() >= most) {
        break;
      }
      if (first(file) < before) {
        var entries = new ArrayList<>(read(file));
        Collections.reverse(entries);
        entries.stream()
            .filter(entry -> entry.number() < before && filter.takes(entry))
            .limit(most - (long) found.size())
            .forEach(found::add);
      }
    }
    return found;
  }

  private List<Path> files() {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> String.valueOf(file.getFileName()).matches("\\d{15}\\.jsonl"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the old audit entries cannot be listed", e);
    }
  }

  private static long first(Path file) {
    return Long.parseLong(String.valueOf(file.getFileName()).substring(0, 15));
  }

  private static List<Entry> read(Path file) {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      return lines.map(line -> ModelJson.read(line, Line.class).entry()).toList();
    } catch (IOException | UncheckedIOException | JacksonException e) {
      throw new IllegalStateException(
          "the file " + file + " of old audit entries was damaged: " + e.getMessage(), e);
    }
  }

  /** An entry as it stands in a file; its time is in milliseconds since 1970. */
  private record Line(
      long number,
      long at,
      String tenant,
      String token,
      String request,
      String action,
      String object,
      String outcome,
      String hash) {

    static Line of(Entry entry) {
      return new Line(
          entry.number(),
          entry.at().toEpochMilli(),
          entry.tenant(),
          entry.token(),
          entry.request(),
          entry.action(),
          entry.object(),
          entry.outcome(),
          entry.hash());
    }

    Entry entry() {
      return new Entry(
          number,
          java.time.Instant.ofEpochMilli(at),
          tenant,
          token,
          request,
          action,
          object,
          outcome,
          hash);
    }
  }
}
