package dev.cairn.engine.copy;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.compress.Decompression;
import dev.cairn.content.pack.ContextPacks;
import dev.cairn.content.tar.TarReader;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads archives into packs of the blob store: one pass over the archive, and its files can be read
 * in any order afterwards. Nothing is unpacked to a file system.
 */
public final class PackArchives implements Archives {
  private static final int HEADER = 512;

  private final BlobStore store;
  private final ArchiveLimits limits;

  /** Keeps the packs in this store; archives have these limits after decompression. */
  public PackArchives(BlobStore store, ArchiveLimits limits) {
    this.store = store;
    this.limits = limits;
  }

  @Override
  public Optional<FileTree> read(FileTree tree, Node file) throws IOException {
    if (file.size() == 0 || !looksLikeArchive(tree, file)) {
      return Optional.empty();
    }
    try (var in = tree.open(file)) {
      return Optional.of(new ContextPacks(store, limits).read(in));
    } catch (ContentException e) {
      throw new ContentException(
          "the archive /" + file.path() + " cannot be unpacked: " + e.getMessage(), e);
    }
  }

  /**
   * Whether it can be decompressed and begins with a sound header; the name does not matter. What
   * comes after the header may be as bad as it likes: then unpacking fails, and says why.
   */
  private boolean looksLikeArchive(FileTree tree, Node file) throws IOException {
    try (var in = tree.open(file);
        var plain = Decompression.open(in, limits)) {
      return TarReader.isHeader(plain.readNBytes(HEADER));
    } catch (ContentException e) {
      // It only looks compressed: a file like any other.
      return false;
    }
  }
}
