package dev.cairn.oci.http;

import java.time.Duration;

/**
 * How long to wait.
 *
 * @param connect for a connection with its TLS handshake
 * @param idle for the next byte to come or go
 * @param headers from the request to the end of the answer's header
 * @param total for a whole exchange with its body
 */
public record Timeouts(Duration connect, Duration idle, Duration headers, Duration total) {

  /** 10 s, 60 s, 2 min, 2 h. */
  public static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofMinutes(2),
          Duration.ofHours(2));

  /** Checks that all are longer than nothing. */
  public Timeouts {
    if (!connect.isPositive()
        || !idle.isPositive()
        || !headers.isPositive()
        || !total.isPositive()) {
      throw new IllegalArgumentException("timeouts must be longer than nothing");
    }
  }
}
