package dev.cairn.server.http;

import java.time.Duration;

/**
 * Limits of the HTTP server.
 *
 * @param maxConnections open connections per listener
 * @param maxHeaderBytes the head of a request
 * @param readTimeout how long a client may say nothing while we wait for its bytes
 * @param shutdownGrace how long running requests may go on when the server stops
 */
public record HttpOptions(
    int maxConnections, int maxHeaderBytes, Duration readTimeout, Duration shutdownGrace) {

  /** 2,000 connections, 32 KiB of headers, 60 s of silence, 5 s of grace. */
  public static final HttpOptions DEFAULT =
      new HttpOptions(2000, 32 << 10, Duration.ofSeconds(60), Duration.ofSeconds(5));
}
