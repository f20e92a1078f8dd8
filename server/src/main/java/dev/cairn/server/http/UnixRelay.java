package dev.cairn.server.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a Unix socket by passing its bytes to a TCP port on the loopback: the web server
 * underneath listens on TCP alone. The socket's file belongs to its owner only; the port still asks
 * for tokens.
 */
final class UnixRelay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UnixRelay.class);
  private static final int BUFFER = 64 << 10;

  private final ServerSocketChannel server;
  private final Path path;
  private final int port;
  private final Semaphore connections;

  private UnixRelay(ServerSocketChannel server, Path path, int port, int maxConnections) {
    this.server = server;
    this.path = path;
    this.port = port;
    this.connections = new Semaphore(maxConnections);
  }

  /** Begins to relay; an old socket file at this place is replaced. */
  static UnixRelay start(Path path, int port, int maxConnections) {
    try {
      Files.deleteIfExists(path);
      var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      var relay = new UnixRelay(server, path, port, maxConnections);
      Thread.ofPlatform().daemon().name("unix-accept").start(relay::accept);
      return relay;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on " + path, e);
    }
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        connections.acquire();
        SocketChannel client = server.accept();
        Thread.ofPlatform().daemon().name("unix-relay").start(() -> relay(client));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (IOException e) {
        if (server.isOpen()) {
          LOG.warn("cannot accept on {}", path, e);
        }
        return;
      }
    }
  }

  private void relay(SocketChannel client) {
    try (client;
        SocketChannel inside = SocketChannel.open(new InetSocketAddress("127.0.0.1", port))) {
      Thread back =
          Thread.ofPlatform()
              .daemon()
              .name("unix-relay-back")
              .start(() -> copyQuietly(inside, client));
      copyQuietly(client, inside);
      back.join();
    } catch (IOException e) {
      LOG.debug("a relayed connection broke off", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.release();
    }
  }

  /** Copies one direction and passes the end of it on. */
  private static void copyQuietly(SocketChannel from, SocketChannel to) {
    var buffer = ByteBuffer.allocateDirect(BUFFER);
    try {
      while (from.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // One side is gone, so the other goes too.
      close(from);
      close(to);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.trace("closing a relayed connection", e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("cannot remove the socket {}", path, e);
    }
  }
}
