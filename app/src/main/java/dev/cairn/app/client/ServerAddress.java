package dev.cairn.app.client;

import java.net.URI;
import java.nio.file.Path;

/** Where a server listens. */
public sealed interface ServerAddress {

  /**
   * Host and port.
   *
   * @param host name or address
   * @param port from 1 to 65535
   * @param tls whether it speaks https
   */
  record Tcp(String host, int port, boolean tls) implements ServerAddress {}

  /** A socket in the file system. */
  record Unix(Path socket) implements ServerAddress {}

  /**
   * Reads {@code http://HOST[:PORT]}, {@code https://HOST[:PORT]} or {@code unix:PATH}.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  static ServerAddress parse(String text) {
    if (text.startsWith("unix:")) {
      return new Unix(Path.of(text.substring("unix:".length())));
    }
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not an address of a server: " + text, e);
    }
    boolean tls = "https".equals(uri.getScheme());
    if (uri.getHost() == null || (!tls && !"http".equals(uri.getScheme()))) {
      throw new IllegalArgumentException(
          "a server's address is http://HOST:PORT, https://HOST:PORT or unix:PATH, not: " + text);
    }
    int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
    return new Tcp(uri.getHost().replaceAll("^\\[|]$", ""), port, tls);
  }
}
