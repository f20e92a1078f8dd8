package dev.cairn.content.blob;

import dev.cairn.content.ContentException;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Blobs as files of a directory in OCI layout form: {@code blobs/sha256/<hex>}. Beside them lie
 * {@code writing/} for what is not complete, emptied at start, and {@code uploads/} for uploads.
 * One process uses the directory.
 */
public final class LocalBlobStore implements BlobStore {

  private static final int ID_BYTES = 16;

  private final BlobFiles files;
  private final SecureRandom random = new SecureRandom();

  /** Opens the store in this directory, which is made if it is missing. */
  public LocalBlobStore(Path root) throws IOException {
    this(new BlobFiles(root));
    try (var left = Files.newDirectoryStream(files.writing())) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
  }

  private LocalBlobStore(BlobFiles files) {
    this.files = files;
  }

  /**
   * For a command that looks into a directory which a server may be using: what is being written
   * there is left alone.
   */
  public static LocalBlobStore besideServer(Path root) throws IOException {
    return new LocalBlobStore(new BlobFiles(root));
  }

  /**
   * Where this blob lies or would lie, for those who share the disk, such as a link into a layout.
   */
  public Path path(Digest digest) {
    return files.of(digest);
  }

  @Override
  public OptionalLong size(Digest digest) throws IOException {
    return files.size(digest);
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    return Channels.newInputStream(channel(digest));
  }

  @Override
  public SeekableByteChannel channel(Digest digest) throws IOException {
    try {
      return FileChannel.open(files.of(digest), StandardOpenOption.READ);
    } catch (NoSuchFileException _) {
      throw new BlobNotFoundException(digest);
    }
  }

  @Override
  public BlobWriter writer() throws IOException {
    return new LocalBlobWriter(files, files.writing().resolve(newId()));
  }

  @Override
  public Blob adopt(Path file, Optional<Digest> expected) throws IOException {
    var hasher = expected.map(Digest::algorithm).orElse(Digest.Algorithm.SHA256).newHasher();
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      LocalUpload.hash(channel, hasher);
      channel.force(true);
    }
    Digest digest = hasher.finish();
    if (expected.isPresent() && !expected.get().equals(digest)) {
      throw new DigestMismatchException(
          "the content of " + file.getFileName(), expected.get(), digest);
    }
    var blob = new Blob(digest, hasher.size());
    try {
      files.publish(file, digest);
    } catch (AtomicMoveNotSupportedException _) {
      try (var in = Files.newInputStream(file);
          var writer = writer()) {
        in.transferTo(writer);
        writer.commit(digest, blob.size());
      }
      Files.delete(file);
    }
    return blob;
  }

  @Override
  public Upload beginUpload() throws IOException {
    String id = newId();
    Path file = files.uploads().resolve(id);
    return new LocalUpload(files, id, file, BlobFiles.create(file), Digest.newHasher());
  }

  @Override
  public Optional<Upload> upload(String id) throws IOException {
    if (!id.matches("[0-9a-f]{" + 2 * ID_BYTES + "}")) {
      return Optional.empty();
    }
    Path file = files.uploads().resolve(id);
    try {
      var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      return Optional.of(LocalUpload.resume(files, id, file, channel));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  @Override
  public int dropUploads(Instant untouchedSince) throws IOException {
    int dropped = 0;
    try (var uploads = Files.newDirectoryStream(files.uploads())) {
      for (Path file : uploads) {
        try {
          if (Files.getLastModifiedTime(file).toInstant().isBefore(untouchedSince)
              && Files.deleteIfExists(file)) {
            dropped++;
          }
        } catch (NoSuchFileException _) {
          // It ended meanwhile.
        }
      }
    }
    return dropped;
  }

  @Override
  public boolean delete(Digest digest, Instant untouchedSince) throws IOException {
    return files.delete(digest, untouchedSince);
  }

  @Override
  public void list(Predicate<Listed> visitor) throws IOException {
    for (var algorithm : Digest.Algorithm.values()) {
      try (var blobs = Files.newDirectoryStream(files.directory(algorithm))) {
        for (Path file : blobs) {
          if (!visit(algorithm, file, visitor)) {
            return;
          }
        }
      }
    }
  }

  private static boolean visit(Digest.Algorithm algorithm, Path file, Predicate<Listed> visitor)
      throws IOException {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      var digest = Digest.parse(algorithm.label() + ':' + file.getFileName());
      return visitor.test(
          new Listed(digest, attributes.size(), attributes.lastModifiedTime().toInstant()));
    } catch (NoSuchFileException _) {
      return true;
    } catch (IllegalArgumentException e) {
      throw new ContentException(
          "the file " + file + " in the blob store is no blob; move it elsewhere", e);
    }
  }

  private String newId() {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }
}
