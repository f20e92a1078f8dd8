package dev.cairn.app.context;

import dev.cairn.oci.Digest;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this directory's context was made of when the server took it last. It spares the questions
 * what is missing; a wrong memory costs one more question and nothing else. Eight bytes of each
 * digest are kept, in the user's cache directory, for the contexts that were sent last.
 */
public final class SentBefore {
  private static final int MOST = 4_000_000;
  private static final int MOST_CONTEXTS = 100;

  private final Optional<Path> file;

  private SentBefore(Optional<Path> file) {
    this.file = file;
  }

  /** No memory. */
  public static SentBefore none() {
    return new SentBefore(Optional.empty());
  }

  /**
   * The memory of one directory towards one server.
   *
   * @param cache the cache directory
   * @param server which server, and as whom; only its digest is kept
   * @param directory the context
   */
  public static SentBefore in(Path cache, String server, Path directory) {
    byte[] key = (server + '\0' + directory).getBytes(StandardCharsets.UTF_8);
    return new SentBefore(Optional.of(cache.resolve(Digest.sha256(key).hex().substring(0, 32))));
  }

  Set<Long> read() {
    Set<Long> known = new HashSet<>();
    if (file.isEmpty()) {
      return known;
    }
    try (var in = new DataInputStream(new java.io.BufferedInputStream(open(file.get())))) {
      while (known.size() < MOST) {
        known.add(in.readLong());
      }
    } catch (EOFException end) {
      return known;
    } catch (IOException e) {
      return Set.of();
    }
    return known;
  }

  private static java.io.InputStream open(Path path) throws IOException {
    return Files.newInputStream(path);
  }

  void write(Collection<Digest> digests) {
    if (file.isEmpty()) {
      return;
    }
    Path target = file.get();
    Path beside = target.resolveSibling(target.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.createDirectories(target.getParent());
      try (var out =
          new DataOutputStream(new java.io.BufferedOutputStream(Files.newOutputStream(beside)))) {
        for (Digest digest : digests) {
          out.writeLong(mark(digest));
        }
      }
      Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
      forgetOldest(target.toAbsolutePath().getParent());
    } catch (IOException e) {
      // Without the memory the next upload asks; that is all.
    }
  }

  private static void forgetOldest(@Nullable Path cache) throws IOException {
    if (cache == null) {
      return;
    }
    record Memory(Path file, FileTime written) {}
    List<Memory> all = new ArrayList<>();
    try (var files = Files.newDirectoryStream(cache)) {
      for (Path each : files) {
        all.add(new Memory(each, Files.getLastModifiedTime(each)));
      }
    }
    all.sort(Comparator.comparing(Memory::written).reversed());
    for (Memory old : all.subList(Math.min(MOST_CONTEXTS, all.size()), all.size())) {
      Files.deleteIfExists(old.file());
    }
  }

  static long mark(Digest digest) {
    return Long.parseUnsignedLong(digest.hex().substring(0, 16), 16);
  }
}
