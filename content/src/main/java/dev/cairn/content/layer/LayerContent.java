package dev.cairn.content.layer;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.compress.Decompression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;

/** One file's bytes out of a layer's blob. */
final class LayerContent {

  private static final int BUFFER = 1 << 16;

  private LayerContent() {}

  static InputStream open(BlobStore store, Layer layer, long offset, long size) throws IOException {
    var start = layer.segments().before(offset);
    var channel = store.channel(layer.blob().digest());
    try {
      channel.position(start.blobOffset());
      var plain =
          Decompression.open(
              Channels.newInputStream(channel), layer.compression(), ArchiveLimits.DEFAULT);
      skip(plain, offset - start.tarOffset(), layer);
      return new SizedInputStream(plain, size);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void skip(InputStream in, long bytes, Layer layer) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (long left = bytes; left > 0; ) {
      int count = in.read(buffer, 0, (int) Math.min(left, BUFFER));
      if (count < 0) {
        throw new ContentException("layer " + layer.blob().digest() + " is shorter than its index");
      }
      left -= count;
    }
  }
}
