package dev.cairn.app.command;

import java.io.IOException;
import java.nio.file.Path;

/** Starts the server in this process, for builds on a machine where none is running. */
@FunctionalInterface
public interface LocalServer {

  /**
   * Starts the same server as {@code cairn serve} does, listening where only this user reaches it,
   * and returns when it answers.
   *
   * @param data its data directory; made if it is missing
   * @throws IOException if it cannot start; the message is one sentence that says what to do
   */
  ServerHandle start(Path data) throws IOException;
}
