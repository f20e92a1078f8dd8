package dev.cairn.server.http;

import java.io.IOException;

/** A body is not valid {@code multipart/form-data}. */
public final class MultipartException extends IOException {
  private static final long serialVersionUID = 1L;

  MultipartException(String problem) {
    super(problem);
  }
}
