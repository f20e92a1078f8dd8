package dev.cairn.engine.users;

/** USER names somebody whom the image does not have. The message is a sentence for the author. */
public final class UnknownUserException extends Exception {
  private static final long serialVersionUID = 1L;

  UnknownUserException(String message) {
    super(message);
  }
}
