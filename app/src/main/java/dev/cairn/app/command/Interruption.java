package dev.cairn.app.command;

import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.CairnApi;
import java.io.IOException;

/**
 * Cancels the build at the server when this process is told to end (Ctrl-C) before the build has;
 * the process then ends with 130 by itself.
 */
final class Interruption implements AutoCloseable {
  private final BuildServer server;
  private final String build;
  private final Surroundings around;
  private final Thread hook;
  private volatile boolean ended;

  Interruption(BuildServer server, String build, Surroundings around) {
    this.server = server;
    this.build = build;
    this.around = around;
    this.hook = new Thread(this::cancel, "cancel " + build);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The build has ended: nothing is left to cancel. */
  void ended() {
    ended = true;
  }

  private void cancel() {
    if (ended) {
      return;
    }
    try {
      server
          .api()
          .call(ApiRequest.delete("/builds/" + CairnApi.encode(build) + "?why=interrupted"));
      around.err().println("\ncairn: cancelled build " + build);
    } catch (IOException e) {
      around
          .err()
          .println("\ncairn: build " + build + " could not be cancelled: " + e.getMessage());
    }
    try {
      server.close();
    } catch (IOException e) {
      around.err().println("cairn: the server did not stop in order: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    ended = true;
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending; the hook sees that there is nothing to do.
    }
  }
}
