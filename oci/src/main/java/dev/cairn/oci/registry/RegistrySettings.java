package dev.cairn.oci.registry;

import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.http.HttpUrl;
import dev.cairn.oci.http.TlsTrust;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What the operator says about single registries, and how often to try.
 *
 * @param attempts how often a request is sent at most, if the registry or the network fails
 * @param backoff the wait before the second attempt; it doubles, up to 10 s
 * @param pieceBytes the longest piece in which a blob is sent; after a failure no more than one is
 *     sent again
 */
public record RegistrySettings(
    Map<RegistryHost, Host> hosts, int attempts, Duration backoff, long pieceBytes) {

  private static final long PIECE = 16L << 20;

  private static final RegistryHost HUB_ENDPOINT = new RegistryHost("registry-1.docker.io");

  /**
   * One registry.
   *
   * @param plainHttp whether it is spoken to without TLS; never guessed from the name
   * @param trust other certificates than usual for this host alone
   * @param endpoint where its API really is, if not at its name
   */
  public record Host(boolean plainHttp, Optional<TlsTrust> trust, Optional<RegistryHost> endpoint) {

    /** https with the usual certificates at its own name. */
    public static final Host DEFAULT = new Host(false, Optional.empty(), Optional.empty());

    /** A registry without TLS. */
    public static Host plain() {
      return new Host(true, Optional.empty(), Optional.empty());
    }

    /** A registry with certificates of its own, or none that are checked. */
    public static Host trusting(TlsTrust trust) {
      return new Host(false, Optional.of(trust), Optional.empty());
    }
  }

  /** Nothing special; four attempts. */
  public static final RegistrySettings DEFAULT =
      new RegistrySettings(Map.of(), 4, Duration.ofMillis(500));

  /** With pieces of 16 MiB. */
  public RegistrySettings(Map<RegistryHost, Host> hosts, int attempts, Duration backoff) {
    this(hosts, attempts, backoff, PIECE);
  }

  /** Copies the map and checks the numbers. */
  public RegistrySettings {
    hosts = Map.copyOf(hosts);
    if (pieceBytes < 1) {
      throw new IllegalArgumentException("a piece has at least one byte");
    }
    if (attempts < 1 || attempts > 20 || backoff.isNegative()) {
      throw new IllegalArgumentException("attempts must be 1 to 20 and the backoff not negative");
    }
  }

  /** The same with these hosts. */
  public RegistrySettings withHosts(Map<RegistryHost, Host> newHosts) {
    return new RegistrySettings(newHosts, attempts, backoff, pieceBytes);
  }

  /** The same with pieces of another length. */
  public RegistrySettings withPieceBytes(long bytes) {
    return new RegistrySettings(hosts, attempts, backoff, bytes);
  }

  /** What is said of a registry. */
  public Host host(RegistryHost registry) {
    return hosts.getOrDefault(registry, Host.DEFAULT);
  }

  /** The address of the registry's API, ending before {@code /v2/}. */
  HttpUrl endpoint(RegistryHost registry) {
    Host host = host(registry);
    RegistryHost at =
        host.endpoint().orElse(registry.equals(RegistryHost.DOCKER_HUB) ? HUB_ENDPOINT : registry);
    return HttpUrl.parse((host.plainHttp() ? "http://" : "https://") + at + "/");
  }
}
