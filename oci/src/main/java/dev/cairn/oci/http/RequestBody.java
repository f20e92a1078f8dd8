package dev.cairn.oci.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a request sends. It can be opened again, so that a request can be repeated on a new
 * connection.
 */
public interface RequestBody {

  /** Nothing. */
  RequestBody NONE = of(new byte[0]);

  /** Exactly how many bytes {@link #open} gives. */
  long length();

  /** The bytes, from the start; the caller closes it. */
  InputStream open() throws IOException;

  /** Where the bytes of a body come from. */
  @FunctionalInterface
  interface Opener {
    /** The bytes, from the start. */
    InputStream open() throws IOException;
  }

  /** A body of these bytes. */
  static RequestBody of(byte[] bytes) {
    return of(bytes.length, () -> new ByteArrayInputStream(bytes));
  }

  /** A body of so many bytes from somewhere. */
  static RequestBody of(long length, Opener opener) {
    return new RequestBody() {
      @Override
      public long length() {
        return length;
      }

      @Override
      public InputStream open() throws IOException {
        return opener.open();
      }
    };
  }
}
