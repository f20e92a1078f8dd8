package dev.cairn.app.context;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Lets the first bytes go: the receiver has them. Closing it leaves the stream below open. */
final class SkippingOutput extends FilterOutputStream {
  private long skip;

  SkippingOutput(OutputStream out, long skip) {
    super(out);
    this.skip = skip;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    int dropped = (int) Math.min(skip, count);
    skip -= dropped;
    out.write(bytes, from + dropped, count - dropped);
  }

  @Override
  public void close() throws IOException {
    flush();
  }
}
