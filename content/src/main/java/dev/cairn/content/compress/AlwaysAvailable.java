package dev.cairn.content.compress;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Says that bytes are available until the end was seen: the JDK's gzip stream looks for a further
 * member only if so, and would otherwise silently stop where a network connection pauses.
 */
final class AlwaysAvailable extends FilterInputStream {

  private boolean ended;

  AlwaysAvailable(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    int value = in.read();
    ended = value < 0;
    return value;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = in.read(bytes, offset, length);
    ended = count < 0;
    return count;
  }

  @Override
  public int available() {
    return ended ? 0 : 1;
  }
}
