package dev.cairn.content.pack;

import dev.cairn.content.Node;
import java.io.IOException;
import java.io.InputStream;

/** One file's bytes in a part; no descriptor of its own. */
final class PartInputStream extends InputStream {

  private final ContextPack pack;
  private final Node.Place place;
  private final long size;
  private long at;

  PartInputStream(ContextPack pack, Node.Place place, long size) {
    this.pack = pack;
    this.place = place;
    this.size = size;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (at == size || length == 0) {
      return length == 0 ? 0 : -1;
    }
    int count = pack.read(place, at, bytes, offset, (int) Math.min(length, size - at));
    at += count;
    return count;
  }

  @Override
  public long skip(long length) {
    long skipped = Math.clamp(length, 0, size - at);
    at += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return (int) Math.min(size - at, Integer.MAX_VALUE);
  }
}
