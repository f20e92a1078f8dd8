package dev.cairn.content;

import java.io.IOException;

/** Bytes that cannot be used: the message says what is wrong, where, and what to do. */
public class ContentException extends IOException {

  /** The whole sentence for the user. */
  public ContentException(String message) {
    super(message);
  }

  /** The sentence and what led to it. */
  public ContentException(String message, Throwable cause) {
    super(message, cause);
  }
}
