package dev.cairn.content.layer;

import dev.cairn.content.ArchiveException;
import dev.cairn.content.EntryPath;
import dev.cairn.content.FileType;
import dev.cairn.content.tar.Device;
import dev.cairn.content.tar.TarEntry;

/** What a name means in a layer (OCI image specification, "Layer Filesystem Changeset"). */
sealed interface Whiteout {

  String PREFIX = ".wh.";
  String OPAQUE = ".wh..wh..opq";

  /** A name like any other. */
  record None() implements Whiteout {}

  /** Hides all that lower layers have in this directory. */
  record Opaque(String directory) implements Whiteout {}

  /** Hides what lower layers have at this path. */
  record Hides(String path) implements Whiteout {}

  /** A mark of aufs that means nothing in an image. */
  record Ignored() implements Whiteout {}

  /**
   * Tells what this entry means. A device 0:0 is what overlay itself takes for a whiteout, so it is
   * one for us too.
   */
  static Whiteout of(TarEntry entry) throws ArchiveException {
    String path = entry.path();
    if (entry.type() == FileType.CHARACTER_DEVICE && entry.device().equals(Device.NONE)) {
      return new Hides(path);
    }
    int slash = path.lastIndexOf('/');
    if (!path.startsWith(PREFIX, slash + 1)) {
      return new None();
    }
    String directory = EntryPath.parent(path);
    String name = path.substring(slash + 1);
    if (name.equals(OPAQUE)) {
      return new Opaque(directory);
    }
    String hidden = name.substring(PREFIX.length());
    if (hidden.startsWith(PREFIX)) {
      return new Ignored();
    }
    if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
      throw new ArchiveException(path, "a whiteout without a name");
    }
    return new Hides(EntryPath.child(directory, hidden));
  }
}
