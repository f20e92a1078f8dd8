package dev.cairn.service.backup;

import dev.cairn.oci.Digest;
import dev.cairn.service.store.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Copies files and hashes them on the way; what is copied is synced and for its owner alone. */
final class CheckedCopy {
  private CheckedCopy() {}

  /**
   * Copies a file to where none is.
   *
   * @param expected what it must be, if that is known
   * @return its digest
   * @throws IOException if it is another file than expected, naming it
   */
  static Digest copy(Path from, Path to, Optional<Digest> expected) throws IOException {
    Path beside = to.resolveSibling(to.getFileName() + ".part");
    Files.deleteIfExists(beside);
    OwnerOnly.create(beside);
    Digest found;
    try (InputStream in = Files.newInputStream(from);
        var out = FileChannel.open(beside, StandardOpenOption.WRITE)) {
      var hasher = expected.map(Digest::algorithm).orElse(Digest.Algorithm.SHA256).newHasher();
      byte[] buffer = new byte[1 << 16];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        hasher.update(buffer, 0, count);
        var bytes = ByteBuffer.wrap(buffer, 0, count);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      out.force(true);
      found = hasher.finish();
    }
    if (expected.isPresent() && !expected.get().equals(found)) {
      Files.delete(beside);
      throw new IOException(
          from + " is damaged: it has the digest " + found + " and not " + expected.get());
    }
    Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
    return found;
  }

  /** The digest of a file. */
  static Digest digest(Path file) throws IOException {
    var hasher = Digest.newHasher();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        hasher.update(buffer, 0, count);
      }
    }
    return hasher.finish();
  }
}
