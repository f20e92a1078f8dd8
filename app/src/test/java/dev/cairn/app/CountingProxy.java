package dev.cairn.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;

/** Stands before a server and counts what goes to it. */
final class CountingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final URI server;
  private final AtomicLong sent = new AtomicLong();

  private CountingProxy(ServerSocket listener, URI server) {
    this.listener = listener;
    this.server = server;
  }

  /** Starts one before the server at the URL. */
  static CountingProxy before(String url) throws IOException {
    var listener = new ServerSocket(0, 100, InetAddress.ofLiteral("127.0.0.1"));
    var proxy = new CountingProxy(listener, URI.create(url));
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  /** Where to reach the server through it. */
  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Bytes sent to the server so far, heads of requests included. */
  long sent() {
    return sent.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket upstream = new Socket(server.getHost(), server.getPort());
        Thread.ofVirtual().start(() -> pump(client, upstream, sent));
        Thread.ofVirtual().start(() -> pump(upstream, client, new AtomicLong()));
      } catch (IOException e) {
        // Closed, or the server is away: the client notices by itself.
      }
    }
  }

  private static void pump(Socket from, Socket to, AtomicLong counter) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        counter.addAndGet(n);
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // One side has ended; closing both tells the other.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
