package dev.cairn.content.compress;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Lets a compressor end while the stream below stays open for its owner. */
public final class UnclosedOutputStream extends FilterOutputStream {

  /** Writes to this stream and never closes it. */
  public UnclosedOutputStream(OutputStream out) {
    super(out);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    flush();
  }
}
