package dev.cairn.engine;

import dev.cairn.content.ArchiveException;
import dev.cairn.content.ContentException;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.content.compress.Compression;
import dev.cairn.content.pack.ContextPacks;
import dev.cairn.engine.copy.Archives;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads archives that ADD unpacks into packs: hashed and kept by path, nothing on the disk. */
final class PackedArchives implements Archives {
  private static final int BLOCK = 512;
  private static final int MAGIC_AT = 257;
  private static final byte[] USTAR = {'u', 's', 't', 'a', 'r'};

  private final ContextPacks packs;

  PackedArchives(ContextPacks packs) {
    this.packs = packs;
  }

  @Override
  public Optional<FileTree> read(FileTree tree, Node file) throws IOException {
    if (file.size() == 0) {
      return Optional.empty();
    }
    byte[] start;
    try (InputStream in = tree.open(file)) {
      start = in.readNBytes(BLOCK);
    }
    boolean compressed = Compression.detect(start, start.length) != Compression.NONE;
    if (!compressed && !isTar(start)) {
      return Optional.empty();
    }
    try (InputStream in = tree.open(file)) {
      return Optional.of(packs.read(in));
    } catch (ArchiveException e) {
      throw e;
    } catch (ContentException e) {
      if (compressed) {
        // Compressed, but no archive within: copied as it is.
        return Optional.empty();
      }
      throw e;
    }
  }

  private static boolean isTar(byte[] block) {
    if (block.length < BLOCK) {
      return false;
    }
    for (int i = 0; i < USTAR.length; i++) {
      if (block[MAGIC_AT + i] != USTAR[i]) {
        return false;
      }
    }
    return true;
  }
}
