package dev.cairn.app.command;

/** The command line asks for something that makes no sense or is not offered; exit code 2. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says in one sentence what is wrong and what to do. */
  public UsageException(String sentence) {
    super(sentence);
  }
}
