package dev.cairn.content.layer;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.FileType;
import dev.cairn.content.Node;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.compress.SegmentedCompressor;
import dev.cairn.content.tar.Device;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarWriter;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;

/**
 * Writes a layer: entries in, and out come the stored blob and its index, in one pass. The order of
 * entries is the caller's; for equal images it must be the same each time. Close without finish
 * leaves nothing behind. Used by one thread.
 */
public final class LayerWriter implements AutoCloseable {

  private static final Digest EMPTY = Digest.sha256(new byte[0]);

  private final LayerSettings settings;
  private final SegmentedCompressor compressor;
  private final TarWriter tar;
  private final LayerIndexBuilder index = new LayerIndexBuilder(ArchiveLimits.DEFAULT);

  /** Begins a layer in the store. */
  public LayerWriter(BlobStore store, LayerSettings settings) throws IOException {
    this.settings = settings;
    this.compressor =
        new SegmentedCompressor(
            settings.compressor(), settings.pool(), settings.cache(), store.writer());
    this.tar = new TarWriter(compressor, settings.nanoseconds());
  }

  /** Adds an entry without content: everything but files that are not empty. */
  public void add(TarEntry entry) throws IOException {
    if (entry.size() > 0) {
      throw new IllegalArgumentException("content is missing for " + entry.path());
    }
    add(entry, InputStream.nullInputStream());
  }

  /** Adds an entry with its content, which is hashed on the way. */
  public void add(TarEntry entry, InputStream content) throws IOException {
    TarEntry safe = entry.normalised(ArchiveLimits.DEFAULT);
    boolean kept = LayerIndexBuilder.isKept(safe, safe.path());
    var hasher = Digest.newHasher();
    var copy = new KeepingInputStream(content, hasher, kept);
    long offset = write(safe, copy);
    index.add(safe, safe.type() == FileType.FILE ? hasher.finish() : EMPTY, offset);
    if (kept) {
      index.keep(safe.path(), copy.kept());
    }
  }

  /** Adds a file whose content's digest is known, such as from a pack; it is not hashed again. */
  public void add(TarEntry entry, Digest known, InputStream content) throws IOException {
    TarEntry safe = entry.normalised(ArchiveLimits.DEFAULT);
    if (LayerIndexBuilder.isKept(safe, safe.path())) {
      add(safe, content);
      return;
    }
    index.add(safe, known, write(safe, content));
  }

  /** Hides what lower layers have at this path. */
  public void whiteout(String path) throws IOException {
    int slash = path.lastIndexOf('/') + 1;
    mark(path.substring(0, slash) + Whiteout.PREFIX + path.substring(slash));
  }

  /** Hides what lower layers have in this directory. */
  public void opaque(String directory) throws IOException {
    mark(directory.isEmpty() ? Whiteout.OPAQUE : directory + '/' + Whiteout.OPAQUE);
  }

  /** The entry of a node, to be written at its path; a file needs its content beside. */
  public static TarEntry entryOf(Node node) {
    Attributes attributes = node.attributes();
    String path = node.path();
    return switch (node.body()) {
      case Node.Body.Directory() -> TarEntry.directory(path, attributes);
      case Node.Body.File file -> TarEntry.file(path, attributes, file.size());
      case Node.Body.Symlink(var target) -> TarEntry.symlink(path, attributes, target);
      case Node.Body.HardLink(var target) -> TarEntry.hardLink(path, attributes, target);
      case Node.Body.Special(var type, var major, var minor) ->
          TarEntry.special(path, type, attributes, new Device(major, minor));
    };
  }

  /** Ends the layer; blob and index are complete and durable. */
  public Layer finish() throws IOException {
    tar.finish();
    var done = compressor.finish();
    return new Layer(
        done.blob(),
        settings.compressor().compression(),
        done.diffId(),
        done.uncompressedSize(),
        done.segments(),
        index.build());
  }

  @Override
  public void close() throws IOException {
    compressor.close();
  }

  private void mark(String path) throws IOException {
    add(TarEntry.file(path, Attributes.of(0), 0));
  }

  private long write(TarEntry entry, InputStream content) throws IOException {
    tar.add(entry);
    long offset = tar.position();
    tar.content(content);
    return offset;
  }
}
