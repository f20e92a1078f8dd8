package dev.cairn.content.blob;

import dev.cairn.oci.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/** Where the files of a local store lie, and how one becomes visible. */
final class BlobFiles {

  private final Path root;

  /** Held while a blob appears or goes, so that one stored again is not removed as an old one. */
  private final ReentrantLock changing = new ReentrantLock();

  BlobFiles(Path root) throws IOException {
    this.root = root;
    for (var algorithm : Digest.Algorithm.values()) {
      Files.createDirectories(root.resolve("blobs").resolve(algorithm.label()));
    }
    Files.createDirectories(writing());
    Files.createDirectories(uploads());
  }

  /** Half-written blobs; emptied at start. */
  Path writing() {
    return root.resolve("writing");
  }

  Path uploads() {
    return root.resolve("uploads");
  }

  Path directory(Digest.Algorithm algorithm) {
    return root.resolve("blobs").resolve(algorithm.label());
  }

  /** A digest is checked when it is made, so its hexadecimal form is a safe name. */
  Path of(Digest digest) {
    return directory(digest.algorithm()).resolve(digest.hex());
  }

  OptionalLong size(Digest digest) throws IOException {
    try {
      return OptionalLong.of(Files.size(of(digest)));
    } catch (NoSuchFileException _) {
      return OptionalLong.empty();
    }
  }

  /**
   * Crash order: the file is synced already; rename, then sync the directory. A blob that is here
   * already is replaced by the same bytes: so it is as young as a new one and collection leaves it
   * alone, a damaged one is healed, and storing takes as long as if it had not been here, which
   * tells nobody what others have.
   */
  void publish(Path written, Digest digest) throws IOException {
    Files.setLastModifiedTime(written, FileTime.from(Instant.now()));
    changing.lock();
    try {
      Files.move(written, of(digest), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      changing.unlock();
    }
    syncDirectory(directory(digest.algorithm()));
  }

  /** Removes a blob, unless someone stored it again since. */
  boolean delete(Digest digest, Instant untouchedSince) throws IOException {
    Path target = of(digest);
    changing.lock();
    try {
      return Files.getLastModifiedTime(target).toInstant().isBefore(untouchedSince)
          && Files.deleteIfExists(target);
    } catch (NoSuchFileException _) {
      return false;
    } finally {
      changing.unlock();
    }
  }

  static void syncDirectory(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** A new, empty file with a name of its own. */
  static FileChannel create(Path file) throws IOException {
    try {
      return FileChannel.open(
          file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("two writers chose one name: " + file.getFileName(), e);
    }
  }
}
