package dev.cairn.app.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Frames a body of unknown length (RFC 9112, section 7.1); closing it writes the last chunk. */
final class ChunkedOutput extends OutputStream {
  private static final byte[] END = "\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final OutputStream out;
  private final byte[] buffer = new byte[64 << 10];
  private int used;

  ChunkedOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    if (used == buffer.length) {
      writeChunk(buffer, 0, used);
      used = 0;
    }
    buffer[used++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    if (count > buffer.length - used) {
      writeChunk(buffer, 0, used);
      used = 0;
    }
    if (count > buffer.length) {
      writeChunk(bytes, from, count);
    } else {
      System.arraycopy(bytes, from, buffer, used, count);
      used += count;
    }
  }

  private void writeChunk(byte[] bytes, int from, int count) throws IOException {
    if (count > 0) {
      out.write(Integer.toHexString(count).getBytes(StandardCharsets.US_ASCII));
      out.write(END);
      out.write(bytes, from, count);
      out.write(END);
    }
  }

  @Override
  public void close() throws IOException {
    writeChunk(buffer, 0, used);
    used = 0;
    out.write(LAST);
  }
}
