package dev.cairn.server.hypeman;

import java.time.Duration;
import java.util.Optional;

/**
 * How this installation offers the dialect.
 *
 * @param registryHost host and port under which clients reach our registry; absent for the host
 *     that the request was sent to
 * @param shortImageRef whether {@code image_ref} is {@code builds/{id}} without a host
 * @param sourceBytes the largest source archive, as uploaded
 * @param maxTimeout the longest {@code timeout_seconds}
 * @param heartbeat silence of an event stream after which a heartbeat is sent
 */
public record HypemanOptions(
    Optional<String> registryHost,
    boolean shortImageRef,
    long sourceBytes,
    Duration maxTimeout,
    Duration heartbeat) {

  /** 512 MiB of source, at most 24 hours, a heartbeat after 15 s. */
  public static final HypemanOptions DEFAULT =
      new HypemanOptions(
          Optional.empty(), false, 512L << 20, Duration.ofHours(24), Duration.ofSeconds(15));
}
