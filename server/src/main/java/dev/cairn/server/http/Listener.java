package dev.cairn.server.http;

import java.nio.file.Path;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** Where the server listens, and for which dialects. */
public sealed interface Listener {

  /** The names of the dialects served here; empty for all. */
  Set<String> dialects();

  /**
   * A TCP port.
   *
   * @param host the address to bind, as in {@code 127.0.0.1}
   * @param port the port; 0 for any free one
   */
  record Tcp(String host, int port, Set<String> dialects) implements Listener {
    public Tcp {
      dialects = Set.copyOf(dialects);
    }

    /** All dialects on this port. */
    public Tcp(String host, int port) {
      this(host, port, Set.of());
    }
  }

  /**
   * A TCP port that speaks TLS.
   *
   * @param host the address to bind
   * @param port the port; 0 for any free one
   * @param context with the server's certificate and key
   */
  record Tls(String host, int port, SSLContext context, Set<String> dialects) implements Listener {
    public Tls {
      dialects = Set.copyOf(dialects);
    }

    /** All dialects on this port. */
    public Tls(String host, int port, SSLContext context) {
      this(host, port, context, Set.of());
    }
  }

  /**
   * A Unix socket, readable by its owner alone.
   *
   * @param path the socket's file
   */
  record Unix(Path path, Set<String> dialects) implements Listener {
    public Unix {
      dialects = Set.copyOf(dialects);
    }

    /** All dialects on this socket. */
    public Unix(Path path) {
      this(path, Set.of());
    }
  }
}
