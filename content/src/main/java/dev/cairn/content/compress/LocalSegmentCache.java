package dev.cairn.content.compress;

import dev.cairn.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compressed segments as files in 256 folders, each with an equal share of the room; in a folder
 * that is full, what was used longest ago goes first. Nothing is synced: each file carries its
 * checksum, and a damaged one is a miss. Nothing is read at start.
 */
public final class LocalSegmentCache {

  private static final Logger LOG = LoggerFactory.getLogger(LocalSegmentCache.class);
  private static final int FOLDERS = 256;
  private static final int HEADER = Long.BYTES;

  private final Path root;
  private final long folderBytes;
  private final AtomicLong number = new AtomicLong();

  /** Bytes written to each folder since it was last looked through. */
  private final AtomicLongArray grown = new AtomicLongArray(FOLDERS);

  /** A cache in this directory, which is made if it is missing, of about so many bytes. */
  public LocalSegmentCache(Path root, long bytes) throws IOException {
    this.root = root;
    this.folderBytes = Math.max(1, bytes / FOLDERS);
    for (int i = 0; i < FOLDERS; i++) {
      Files.createDirectories(folder(i));
      // What an earlier run left counts when the folder is looked through the first time.
      grown.set(i, folderBytes);
    }
  }

  /**
   * The part of the cache that one scope sees, such as a tenant's. Scopes share no entry, so that
   * nobody learns from the time a build takes what others have compressed.
   */
  public SegmentCache scope(String name) {
    return new SegmentCache() {
      @Override
      public Optional<byte[]> get(Digest tar, CompressorId compressor) {
        return read(key(name, tar, compressor));
      }

      @Override
      public void put(Digest tar, CompressorId compressor, byte[] compressed) {
        write(key(name, tar, compressor), compressed);
      }
    };
  }

  private static String key(String scope, Digest tar, CompressorId compressor) {
    // The scope comes last, so its text can imitate none of the others.
    return Digest.sha256((tar + " " + compressor + " " + scope).getBytes(StandardCharsets.UTF_8))
        .hex();
  }

  private Optional<byte[]> read(String key) {
    Path file = folder(folderOf(key)).resolve(key);
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length < HEADER) {
        return Optional.empty();
      }
      byte[] segment = Arrays.copyOfRange(bytes, HEADER, bytes.length);
      if (ByteBuffer.wrap(bytes).getLong() != checksum(segment)) {
        LOG.warn("cached segment {} is damaged and dropped", key);
        Files.deleteIfExists(file);
        return Optional.empty();
      }
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      return Optional.of(segment);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.warn("cached segment {} cannot be read: {}", key, e.toString());
      return Optional.empty();
    }
  }

  private void write(String key, byte[] segment) {
    int folder = folderOf(key);
    Path beside = folder(folder).resolve("writing-" + number.incrementAndGet());
    byte[] bytes = new byte[HEADER + segment.length];
    ByteBuffer.wrap(bytes).putLong(checksum(segment)).put(segment);
    try {
      Files.write(beside, bytes);
      Files.move(beside, folder(folder).resolve(key), StandardCopyOption.ATOMIC_MOVE);
      // Looking through costs a listing, so it is done once per tenth of the room.
      if (grown.addAndGet(folder, bytes.length) > folderBytes / 10) {
        grown.set(folder, 0);
        shrink(folder);
      }
    } catch (IOException e) {
      LOG.warn("a segment cannot be kept in {}: {}", root, e.toString());
    }
  }

  private void shrink(int folder) throws IOException {
    trim(folder, folderBytes, false);
  }

  /**
   * What was removed.
   *
   * @param count segments
   * @param bytes they had
   */
  public record Trimmed(long count, long bytes) {}

  /**
   * Removes what was used longest ago until this share of the usual room is taken.
   *
   * @param share from 0 to 1
   * @param plan whether only to say what would go
   */
  public Trimmed trim(double share, boolean plan) throws IOException {
    long count = 0;
    long bytes = 0;
    for (int folder = 0; folder < FOLDERS; folder++) {
      Trimmed trimmed = trim(folder, (long) (folderBytes * share), plan);
      count += trimmed.count();
      bytes += trimmed.bytes();
    }
    return new Trimmed(count, bytes);
  }

  private Trimmed trim(int folder, long most, boolean plan) throws IOException {
    var entries = new ArrayList<Entry>();
    long total = 0;
    try (var files = Files.newDirectoryStream(folder(folder))) {
      for (Path file : files) {
        try {
          var attributes = Files.readAttributes(file, BasicFileAttributes.class);
          entries.add(new Entry(file, attributes.size(), attributes.lastModifiedTime()));
          total += attributes.size();
        } catch (NoSuchFileException _) {
          // Another thread removed or renamed it.
        }
      }
    }
    entries.sort(Comparator.comparing(Entry::used));
    long count = 0;
    long bytes = 0;
    for (Entry entry : entries) {
      if (total <= most) {
        break;
      }
      if (!plan) {
        Files.deleteIfExists(entry.file());
      }
      total -= entry.size();
      count++;
      bytes += entry.size();
    }
    return new Trimmed(count, bytes);
  }

  private static long checksum(byte[] segment) {
    var crc = new CRC32C();
    crc.update(segment);
    return (crc.getValue() << 32) | segment.length;
  }

  private Path folder(int index) {
    return root.resolve(String.format(Locale.ROOT, "%02x", index));
  }

  private static int folderOf(String key) {
    return Integer.parseInt(key, 0, 2, 16);
  }

  private record Entry(Path file, long size, FileTime used) {}
}
