package dev.cairn.app.command;

/** What the command's exit code says. */
public final class ExitCode {
  /** Everything went well; of a build: it is ready. */
  public static final int OK = 0;

  /** The build failed, or a check found something. */
  public static final int FAILED = 1;

  /** The command line asks for something that makes no sense or is not offered. */
  public static final int USAGE = 2;

  /** The server could not be reached, or refused. */
  public static final int SERVER = 3;

  /** The build was cancelled. */
  public static final int CANCELLED = 130;

  private ExitCode() {}
}
