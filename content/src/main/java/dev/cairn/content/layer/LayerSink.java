package dev.cairn.content.layer;

import dev.cairn.content.tar.TarEntry;
import java.io.IOException;
import java.io.InputStream;

/** Takes the entries of a layer while it is read, such as to unpack them. */
@FunctionalInterface
public interface LayerSink {

  /** Takes nothing. */
  LayerSink NONE = (entry, content) -> {};

  /**
   * One entry; its path and a hard link's target are normalised. What it does not read of the
   * content is skipped.
   */
  void entry(TarEntry entry, InputStream content) throws IOException;
}
