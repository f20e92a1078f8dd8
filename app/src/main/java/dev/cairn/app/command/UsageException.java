package dev.cairn.app.command;

/** The command line asks for something that makes no sense or is not offered; exit code 2. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String sentence) {
    super(sentence);
  }
}
