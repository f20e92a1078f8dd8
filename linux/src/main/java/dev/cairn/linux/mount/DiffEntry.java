package dev.cairn.linux.mount;

import dev.cairn.linux.FileStat;
import dev.cairn.linux.file.ExtendedAttributes;
import dev.cairn.linux.file.TreeEntry;
import java.util.Optional;

/** One change that a step made, as the upper directory shows it. */
public sealed interface DiffEntry {
  /** The path below the root, without a leading slash. */
  String path();

  /**
   * Something that is there after the step: new, changed, or only copied up. Overlay does not say
   * which; the index of the layers below does.
   *
   * @param entry for the link text and the bytes, valid during the call
   * @param attributes without those of overlay itself
   * @param opaque of a directory: nothing of the layers below shows through
   * @param linkTo of a file (not a directory) with several names: the name reported first
   */
  record Present(
      TreeEntry entry, ExtendedAttributes attributes, boolean opaque, Optional<String> linkTo)
      implements DiffEntry {
    @Override
    public String path() {
      return entry.path();
    }

    /** Its attributes. */
    public FileStat stat() {
      return entry.stat();
    }
  }

  /** A name of a lower layer that is gone. */
  record Deleted(String path) implements DiffEntry {}
}
