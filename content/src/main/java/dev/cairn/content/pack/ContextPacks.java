package dev.cairn.content.pack;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.compress.Decompression;
import dev.cairn.content.tar.TarReader;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Makes packs of contexts and finds them again. A pack is one blob of contents one after another
 * and one blob that is its index; no row and no file of its own for each file of the context.
 */
public final class ContextPacks {

  private final BlobStore store;
  private final ArchiveLimits limits;

  /** Keeps packs in this store; contexts have these limits. */
  public ContextPacks(BlobStore store, ArchiveLimits limits) {
    this.store = store;
    this.limits = limits;
  }

  /**
   * Reads a tar, plain or compressed, to the end of the stream. Each file is hashed while it
   * arrives; nothing is written twice.
   *
   * @throws dev.cairn.content.ArchiveException if an entry leaves the root or the archive is bad
   * @throws dev.cairn.content.LimitExceededException if it is too large
   */
  public ContextPack read(InputStream archive) throws IOException {
    try (var writer = new PackWriter(store, limits);
        var plain = Decompression.open(archive, limits)) {
      var tar = new TarReader(plain, limits);
      for (var next = tar.next(); next.isPresent(); next = tar.next()) {
        writer.add(next.get(), tar.content());
      }
      tar.drain();
      return writer.finish();
    }
  }

  /** The pack with this id. */
  public ContextPack open(Digest id) throws IOException {
    return new ContextPack(id, index(id), store);
  }

  /** The index of the pack with this id. */
  public PackIndex index(Digest id) throws IOException {
    try (var in = store.open(id)) {
      return PackIndex.read(in, limits);
    }
  }

  /** Which contents of the manifest are not known, in its order, each once. */
  public Set<Digest> missing(ContextManifest manifest, KnownContents known) throws IOException {
    var missing = new LinkedHashSet<Digest>();
    for (var entry : manifest.entries()) {
      if (entry.digest().isPresent() && entry.entry().size() > 0) {
        Digest digest = entry.digest().get();
        if (!missing.contains(digest) && known.find(digest).isEmpty()) {
          missing.add(digest);
        }
      }
    }
    return missing;
  }

  /**
   * Makes a pack of a manifest. Contents of earlier packs and big blobs stay where they are, small
   * blobs are copied into a part of the new pack.
   *
   * @throws dev.cairn.content.ContentException if a content is missing or has another size
   */
  public ContextPack assemble(ContextManifest manifest, KnownContents known) throws IOException {
    return new PackAssembly(store, limits, known).assemble(manifest);
  }
}
