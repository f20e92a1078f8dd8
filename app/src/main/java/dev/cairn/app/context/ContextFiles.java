package dev.cairn.app.context;

import dev.cairn.content.FileType;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.Links;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A directory and what of it is sent.
 *
 * @param root the open directory
 * @param entries as {@link ContextScan} lists them
 */
public record ContextFiles(Directory root, List<TarEntry> entries) {

  public ContextFiles {
    entries = List.copyOf(entries);
  }

  /** Bytes of all files. */
  public long bytes() {
    return entries.stream().mapToLong(TarEntry::size).sum();
  }

  /** Whether a manifest can say all of it: no special files, and names that are UTF-8. */
  public boolean fitsManifest() {
    var encoder = StandardCharsets.UTF_8.newEncoder();
    return entries.stream()
        .allMatch(entry ->
            switch (entry.type()) {
              case FILE, DIRECTORY, SYMLINK ->
                  encoder.canEncode(entry.path()) && encoder.canEncode(entry.link());
              case HARDLINK, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> false;
            });
  }

  /** Writes all of it as a tar. */
  public void writeTar(OutputStream out, LongConsumer written) throws IOException {
    var tar = new TarWriter(TarSink.of(out), true);
    for (TarEntry entry : entries) {
      if (entry.type() == FileType.FILE) {
        tar.add(entry);
        copy(entry, 0, (bytes, count) -> tar.write(bytes, 0, count));
        written.accept(entry.size());
      } else {
        tar.add(entry);
      }
    }
    tar.finish();
  }

  /** The digest of a file's content. */
  Digest digest(TarEntry file) throws IOException {
    var hasher = Digest.newHasher();
    copy(file, 0, (bytes, count) -> hasher.update(bytes, 0, count));
    return hasher.finish();
  }

  /** Takes pieces of a file. */
  interface Piece {
    void take(byte[] bytes, int count) throws IOException;
  }

  /** Reads a file from an offset to the end that it had when the directory was listed. */
  void copy(TarEntry file, long offset, Piece piece) throws IOException {
    try (InputStream in = root.open(file.path(), Links.REFUSE)) {
      in.skipNBytes(offset);
      byte[] buffer = new byte[Math.clamp(file.size() - offset, 1, 64 << 10)];
      long left = file.size() - offset;
      while (left > 0) {
        int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (count < 0) {
          throw new IOException(
              file.path() + " became shorter while it was read; run the build again");
        }
        piece.take(buffer, count);
        left -= count;
      }
    }
  }
}
