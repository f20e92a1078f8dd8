package dev.cairn.content.tar;

import java.io.IOException;
import java.io.OutputStream;

/** Takes the bytes of a tar archive, told where entries begin. */
public interface TarSink {

  /**
   * The next byte begins an entry.
   *
   * @param path the entry's name
   * @param size bytes of its content
   */
  void entry(String path, long size) throws IOException;

  /** The headers are written; the next byte begins the entry's content. Only for files. */
  void content() throws IOException;

  /** Takes bytes; the array is not kept. */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** A sink into a stream, which should be buffered. */
  static TarSink of(OutputStream out) {
    return new TarSink() {
      @Override
      public void entry(String path, long size) {}

      @Override
      public void content() {}

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }
    };
  }
}
