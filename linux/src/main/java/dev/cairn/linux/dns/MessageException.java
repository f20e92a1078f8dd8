package dev.cairn.linux.dns;

/** A message that is not one of RFC 1035, or says what we do not take. */
final class MessageException extends Exception {
  private static final long serialVersionUID = 1L;

  MessageException(String problem) {
    super(problem);
  }
}
