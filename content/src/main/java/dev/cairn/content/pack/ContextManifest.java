package dev.cairn.content.pack;

import dev.cairn.content.FileType;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.oci.Digest;
import java.util.List;
import java.util.Optional;

/**
 * A context told by its digests: what a client sends instead of an archive, so that only contents
 * the server does not have are uploaded.
 *
 * @param entries in any order
 */
public record ContextManifest(List<Entry> entries) {

  /** Copies the list. */
  public ContextManifest {
    entries = List.copyOf(entries);
  }

  /**
   * One entry.
   *
   * @param entry path, type and attributes as in an archive; made safe when the pack is made
   * @param digest of a file's content, SHA-256; empty for everything else
   */
  public record Entry(TarEntry entry, Optional<Digest> digest) {

    /** Checks that files have a digest, and nothing else. */
    public Entry {
      boolean isFile = entry.type() == FileType.FILE;
      if (isFile != digest.isPresent()) {
        throw new IllegalArgumentException(
            "manifest entry '" + entry.path() + "': a file has a digest, nothing else has one");
      }
      if (digest.isPresent() && digest.get().algorithm() != Digest.Algorithm.SHA256) {
        throw new IllegalArgumentException(
            "manifest entry '" + entry.path() + "': the digest must be sha256");
      }
    }
  }
}
