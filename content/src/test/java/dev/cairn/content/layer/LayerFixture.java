package dev.cairn.content.layer;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.compress.CompressionPool;
import dev.cairn.content.compress.CompressorId;
import dev.cairn.content.compress.SegmentCache;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Layers as short lists: {@code "d/"}, {@code "f=text"}, {@code "l->target"}, {@code "h=>target"}.
 */
final class LayerFixture {

  private LayerFixture() {}

  /** The attributes differ from entry to entry, so that a mix-up is seen. */
  static TarEntry entry(String line, int number) {
    var attributes = Attributes.of(0600 + number % 8 * 8 + 5).withMtime(1_000_000 + number, 0);
    if (line.endsWith("/")) {
      return TarEntry.directory(
          line.substring(0, line.length() - 1), attributes.withMode(0700 + number % 8));
    }
    if (line.contains("=>")) {
      return TarEntry.hardLink(before(line, "=>"), attributes, after(line, "=>"));
    }
    if (line.contains("->")) {
      return TarEntry.symlink(before(line, "->"), attributes.withMode(0777), after(line, "->"));
    }
    return TarEntry.file(before(line, "="), attributes, after(line, "=").length());
  }

  static byte[] tar(List<String> lines) throws IOException {
    var out = new ByteArrayOutputStream();
    var writer = new TarWriter(TarSink.of(out), false);
    int number = 0;
    for (String line : lines) {
      var entry = entry(line, number++);
      writer.add(
          entry, new ByteArrayInputStream(after(line, "=").getBytes(StandardCharsets.US_ASCII)));
    }
    writer.finish();
    return out.toByteArray();
  }

  static Layer layer(BlobStore store, String... lines) throws IOException {
    var blob = store.put(tar(List.of(lines)));
    return new LayerReader(store, ArchiveLimits.DEFAULT)
        .read(blob.digest(), Optional.empty(), LayerSink.NONE);
  }

  static List<Layer> chain(BlobStore store, List<List<String>> layers) throws IOException {
    var chain = new ArrayList<Layer>();
    for (var lines : layers) {
      chain.add(layer(store, lines.toArray(String[]::new)));
    }
    return chain;
  }

  static LayerSettings settings(CompressionPool pool) {
    return new LayerSettings(CompressorId.gzip(1), pool, SegmentCache.NONE, false);
  }

  private static String before(String line, String mark) {
    return line.contains(mark) ? line.substring(0, line.indexOf(mark)) : line;
  }

  private static String after(String line, String mark) {
    return line.contains(mark) ? line.substring(line.indexOf(mark) + mark.length()) : "";
  }
}
