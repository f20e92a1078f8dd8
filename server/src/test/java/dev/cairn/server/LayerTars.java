package dev.cairn.server;

import dev.cairn.content.Attributes;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Layers written by hand. */
public final class LayerTars {
  /** Writes entries. */
  @FunctionalInterface
  public interface Content {
    /** Adds the entries, not the end. */
    void writeTo(TarWriter tar) throws IOException;
  }

  private LayerTars() {}

  /** A tar of this content. */
  public static byte[] of(Content content) {
    var bytes = new ByteArrayOutputStream();
    try {
      var tar = new TarWriter(TarSink.of(bytes), false);
      content.writeTo(tar);
      tar.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Adds a small file. */
  public static void file(TarWriter tar, String path, String text) throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    tar.add(
        TarEntry.file(path, Attributes.of(0644), content.length),
        new ByteArrayInputStream(content));
  }
}
