package dev.cairn.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands before a server on the loopback address, counts what goes to it, slows that down to a rate
 * at which there is something to interrupt, and cuts all connections when told to.
 */
final class CuttingProxy implements AutoCloseable {
  private static final int PIECE = 64 << 10;

  private final ServerSocket listener;
  private final int server;
  private final long pausePerPiece;
  private final AtomicLong sent = new AtomicLong();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean refusing;

  private CuttingProxy(ServerSocket listener, int server, long pausePerPiece) {
    this.listener = listener;
    this.server = server;
    this.pausePerPiece = pausePerPiece;
  }

  /**
   * Starts one before the port.
   *
   * @param pausePerPiece milliseconds after 64 KiB of a connection
   */
  static CuttingProxy before(int port, long pausePerPiece) throws IOException {
    var listener = new ServerSocket(0, 100, InetAddress.ofLiteral("127.0.0.1"));
    var proxy = new CuttingProxy(listener, port, pausePerPiece);
    Thread.ofPlatform().daemon().start(proxy::accept);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Bytes sent to the server so far, TLS and heads of requests included. */
  long sent() {
    return sent.get();
  }

  /** Ends every connection and lets nothing through until {@link #pass}. */
  void cut() {
    refusing = true;
    open.forEach(CuttingProxy::end);
  }

  void pass() {
    refusing = false;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (refusing) {
          end(client);
          continue;
        }
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        // Closed.
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        var upstream = new Socket("127.0.0.1", server)) {
      open.add(upstream);
      var back = Thread.ofVirtual().start(() -> pump(upstream, client, false));
      pump(client, upstream, true);
      back.join();
      open.remove(upstream);
    } catch (IOException e) {
      // The server is away: the client notices by itself.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private void pump(Socket from, Socket to, boolean up) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[PIECE];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (up) {
          sent.addAndGet(n);
          Thread.sleep(pausePerPiece * n / PIECE);
        }
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // One side has ended; closing both tells the other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end(from);
    end(to);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    open.forEach(CuttingProxy::end);
  }
}
