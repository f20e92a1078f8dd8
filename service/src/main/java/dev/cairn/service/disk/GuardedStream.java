package dev.cairn.service.disk;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Looks at the disk before the first byte and after every few megabytes. */
final class GuardedStream extends FilterInputStream {
  private static final long EVERY = 4L << 20;

  private final DiskReserve disk;
  private long untilLook;

  GuardedStream(InputStream in, DiskReserve disk) {
    super(in);
    this.disk = disk;
  }

  @Override
  public int read() throws IOException {
    look(1);
    return super.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = super.read(bytes, offset, length);
    look(Math.max(0, count));
    return count;
  }

  private void look(int count) {
    untilLook -= count;
    if (untilLook < 0) {
      disk.requireReserve();
      untilLook = EVERY;
    }
  }
}
