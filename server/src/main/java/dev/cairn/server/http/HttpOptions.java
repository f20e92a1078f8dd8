package dev.cairn.server.http;

import java.time.Duration;

/**
 * Limits of the HTTP server.
 *
 * @param maxConnections open connections per listener
 * @param maxHeaderBytes the head of a request
 * @param readTimeout how long a client may say nothing while we wait for its bytes
 * @param headTime how long the whole head of a request may take, the quiet before it included, and
 *     how long a client may leave a piece of an answer untaken
 * @param bodyRate how slowly a body may come
 * @param shutdownGrace how long running requests may go on when the server stops
 */
public record HttpOptions(
    int maxConnections,
    int maxHeaderBytes,
    Duration readTimeout,
    Duration headTime,
    BodyRate bodyRate,
    Duration shutdownGrace) {

  /**
   * The least a client must send; only the time that we wait for it counts.
   *
   * @param bytesPerSecond on average, after the grace
   * @param grace how long it may take at first whatever its speed
   */
  public record BodyRate(int bytesPerSecond, Duration grace) {

    /** Whether this many bytes are too few for the time that we waited for them. */
    boolean isMissed(long bytes, long waitedNanos) {
      double allowed = grace.toNanos() + bytes * (1e9 / bytesPerSecond);
      return waitedNanos > allowed;
    }
  }

  /**
   * 2,000 connections, 32 KiB of headers, 60 s of silence, 75 s for a head, bodies of 500 bytes a
   * second after 30 s, 5 s of grace at the end.
   */
  public static final HttpOptions DEFAULT =
      new HttpOptions(
          2000,
          32 << 10,
          Duration.ofSeconds(60),
          Duration.ofSeconds(75),
          new BodyRate(500, Duration.ofSeconds(30)),
          Duration.ofSeconds(5));
}
