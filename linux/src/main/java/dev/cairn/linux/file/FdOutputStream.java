package dev.cairn.linux.file;

import dev.cairn.linux.sys.Fd;
import dev.cairn.linux.sys.NativeBuffer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** Writes an open descriptor at once, in pieces of up to 64 KiB; wrap it where writes are small. */
final class FdOutputStream extends OutputStream {
  private final Fd file;
  private final NativeBuffer buffer = new NativeBuffer(64 * 1024);

  FdOutputStream(Fd file) {
    this.file = file;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    for (int done = 0; done < length; ) {
      done += buffer.write(file, bytes, offset + done, length - done);
    }
  }

  @Override
  public void close() {
    file.close();
    buffer.close();
  }
}
