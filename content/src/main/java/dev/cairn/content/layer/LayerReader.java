package dev.cairn.content.layer;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import dev.cairn.content.FileType;
import dev.cairn.content.blob.Blob;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.blob.DigestMismatchException;
import dev.cairn.content.compress.Compression;
import dev.cairn.content.compress.Decompression;
import dev.cairn.content.compress.SegmentTable;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarReader;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Optional;

/**
 * Reads layers that exist, ours or pulled: one pass checks digest and diffID, makes the index and
 * feeds whoever unpacks. A layer is returned only if all of it was as promised.
 */
public final class LayerReader {

  private final BlobStore store;
  private final ArchiveLimits limits;

  /** Reads into and from this store, within these limits. */
  public LayerReader(BlobStore store, ArchiveLimits limits) {
    this.store = store;
    this.limits = limits;
  }

  /**
   * Stores a layer that arrives, such as from a registry.
   *
   * @param expected digest and size it must have
   * @param diffId digest the tar must have, if the image's config is known already
   * @throws DigestMismatchException if the bytes are others; nothing is stored. The sink has then
   *     seen entries that must be thrown away, as after every error
   */
  public Layer store(InputStream in, Descriptor expected, Optional<Digest> diffId, LayerSink sink)
      throws IOException {
    try (var writer = store.writer()) {
      var tee = new TeeInputStream(in, writer, expected.size());
      var read = read(tee, expected.digest(), diffId, sink);
      tee.drain();
      var blob = writer.commit(expected.digest(), expected.size());
      return read.layer(blob);
    }
  }

  /**
   * Reads a layer that is in the store.
   *
   * @param diffId digest the tar must have, if it is known
   */
  public Layer read(Digest blob, Optional<Digest> diffId, LayerSink sink) throws IOException {
    long size = store.size(blob).orElse(0);
    var hasher = blob.algorithm().newHasher();
    try (var in = new HashingInputStream(store.open(blob), hasher)) {
      var read = read(in, blob, diffId, sink);
      in.drain();
      Digest found = hasher.finish();
      if (!found.equals(blob)) {
        throw new DigestMismatchException("a stored blob", blob, found);
      }
      return read.layer(new Blob(blob, size));
    }
  }

  private Read read(InputStream compressed, Digest name, Optional<Digest> diffId, LayerSink sink)
      throws IOException {
    var start = new PushbackInputStream(compressed, Compression.MAGIC_LENGTH);
    byte[] magic = new byte[Compression.MAGIC_LENGTH];
    int length = start.readNBytes(magic, 0, magic.length);
    start.unread(magic, 0, length);
    var compression = layerCompression(Compression.detect(magic, length), name);
    var hasher = diffId.map(Digest::algorithm).orElse(Digest.Algorithm.SHA256).newHasher();
    var tar = new HashingInputStream(Decompression.open(start, compression, limits), hasher);
    var index = readEntries(new TarReader(tar, limits), sink);
    Digest found = hasher.finish();
    if (diffId.isPresent() && !diffId.get().equals(found)) {
      throw new DigestMismatchException("the tar of layer " + name, diffId.get(), found);
    }
    return new Read(compression, found, hasher.size(), index);
  }

  private static Compression layerCompression(Compression compression, Digest name)
      throws IOException {
    return switch (compression) {
      case NONE, GZIP, ZSTD -> compression;
      case BZIP2, XZ ->
          throw new ContentException(
              "layer " + name + " is compressed with " + compression + ", which no image may use");
    };
  }

  private LayerIndex readEntries(TarReader tar, LayerSink sink) throws IOException {
    var index = new LayerIndexBuilder(limits);
    for (var next = tar.next(); next.isPresent(); next = tar.next()) {
      readEntry(next.get().normalised(limits), tar, index, sink);
    }
    tar.drain();
    return index.build();
  }

  private static void readEntry(
      TarEntry entry, TarReader tar, LayerIndexBuilder index, LayerSink sink) throws IOException {
    long offset = tar.contentOffset();
    if (entry.type() != FileType.FILE) {
      sink.entry(entry, InputStream.nullInputStream());
      index.add(entry, EMPTY, offset);
      return;
    }
    boolean kept = LayerIndexBuilder.isKept(entry, entry.path());
    var hasher = Digest.newHasher();
    try (var content = new KeepingInputStream(tar.content(), hasher, kept)) {
      sink.entry(entry, content);
      content.drain();
      index.add(entry, hasher.finish(), offset);
      if (kept) {
        index.keep(entry.path(), content.kept());
      }
    }
  }

  private static final Digest EMPTY = Digest.sha256(new byte[0]);

  private record Read(
      Compression compression, Digest diffId, long uncompressedSize, LayerIndex index) {

    Layer layer(Blob blob) {
      return new Layer(blob, compression, diffId, uncompressedSize, SegmentTable.UNKNOWN, index);
    }
  }
}
