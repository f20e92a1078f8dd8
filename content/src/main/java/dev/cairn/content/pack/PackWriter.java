package dev.cairn.content.pack;

import dev.cairn.content.ArchiveException;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.ContentException;
import dev.cairn.content.LimitExceededException;
import dev.cairn.content.Node;
import dev.cairn.content.NodeTable;
import dev.cairn.content.TreeBuilder;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.blob.BlobWriter;
import dev.cairn.content.blob.DigestMismatchException;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes a pack: contents into a new part while they come, the index at the end. */
final class PackWriter implements AutoCloseable {

  private static final int BUFFER = 1 << 16;

  private final BlobStore store;
  private final ArchiveLimits limits;
  private final TreeBuilder tree;
  private final List<Digest> parts;
  private final BlobWriter contents;
  private final byte[] buffer = new byte[BUFFER];
  private final Map<Digest, Node.Place> copied = new HashMap<>();
  private long entries;

  PackWriter(BlobStore store, ArchiveLimits limits) throws IOException {
    this(store, limits, List.of());
  }

  /** A pack that refers to these parts too; its own part is the one after them. */
  PackWriter(BlobStore store, ArchiveLimits limits, List<Digest> otherParts) throws IOException {
    this.store = store;
    this.limits = limits;
    this.tree = new TreeBuilder(limits);
    this.parts = new ArrayList<>(otherParts);
    this.contents = store.writer();
  }

  /** Adds an entry with its content. */
  void add(TarEntry entry, InputStream content) throws IOException {
    long offset = contents.size();
    var hasher = Digest.newHasher();
    for (int count = content.read(buffer); count > 0; count = content.read(buffer)) {
      hasher.update(buffer, 0, count);
      contents.write(buffer, 0, count);
    }
    add(entry, hasher.finish(), new Node.Place(parts.size(), offset));
  }

  /** Copies a content into this pack's own part, once; it must have this digest. */
  Node.Place copy(InputStream content, long size, Digest digest) throws IOException {
    var earlier = copied.get(digest);
    if (earlier != null) {
      return earlier;
    }
    var place = new Node.Place(parts.size(), contents.size());
    var hasher = Digest.newHasher();
    for (long left = size; left > 0; ) {
      int count = content.read(buffer, 0, (int) Math.min(left, BUFFER));
      if (count < 0) {
        throw new ContentException("blob " + digest + " is shorter than it should be");
      }
      hasher.update(buffer, 0, count);
      contents.write(buffer, 0, count);
      left -= count;
    }
    Digest found = hasher.finish();
    if (!found.equals(digest)) {
      throw new DigestMismatchException("a stored content", digest, found);
    }
    copied.put(digest, place);
    return place;
  }

  /** Adds an entry whose content lies in another part. */
  void add(TarEntry entry, Digest digest, Node.Place place) throws ContentException {
    if (++entries > limits.entries()) {
      throw new LimitExceededException("entries", limits.entries(), entry.path());
    }
    TarEntry safe = entry.normalised(limits);
    if (!tree.add(safe.node(digest, place))) {
      throw new ArchiveException(
          entry.path(), "a hard link to '" + safe.link() + "', which is not in the archive so far");
    }
  }

  ContextPack finish() throws IOException {
    if (contents.size() > 0) {
      parts.add(contents.commit().digest());
    }
    if (tree.paths().get("") == null) {
      tree.add(Node.directory("", Attributes.IMPLIED_DIRECTORY));
    }
    var index = new PackIndex(NodeTable.of(tree.paths().all()), parts);
    try (var out = store.writer()) {
      index.write(out);
      return new ContextPack(out.commit().digest(), index, store);
    }
  }

  @Override
  public void close() throws IOException {
    contents.close();
  }
}
