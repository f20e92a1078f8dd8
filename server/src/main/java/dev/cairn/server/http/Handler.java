package dev.cairn.server.http;

import java.io.IOException;

/** Serves one request of a route, on a virtual thread of its own. */
@FunctionalInterface
public interface Handler {

  /**
   * Reads the request and sends one response.
   *
   * @throws ApiException if the request cannot be served
   * @throws IOException if the client went away
   * @throws InterruptedException if the server stops
   */
  void handle(Request request, Response response) throws IOException, InterruptedException;
}
