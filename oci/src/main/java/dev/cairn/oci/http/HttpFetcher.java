package dev.cairn.oci.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * The HTTP client: HTTP/1.1 on blocking sockets, to be called on virtual threads. Each request goes
 * like this.
 *
 * <ol>
 *   <li>The host is resolved once; all its addresses must be allowed by the policy; one of them is
 *       connected to.
 *   <li>TLS is checked against the name in the URL, the request is sent, the header read, the body
 *       handed out as a stream.
 *   <li>Redirects (at most ten, never from https to http) start again at the first step, and to
 *       another origin without credentials.
 * </ol>
 *
 * <p>The JDK's own client cannot do the first step: it resolves by itself, after any check of ours.
 */
public final class HttpFetcher implements AutoCloseable {

  private static final int REDIRECT_LIMIT = 10;
  private static final Duration SWEEP = Duration.ofSeconds(1);

  private final FetchSettings settings;
  private final ConnectionPool pool = new ConnectionPool();
  private final Connector connector;
  private final Thread sweeper;

  /** A client with these settings; close it to end its connections. */
  public HttpFetcher(FetchSettings settings) {
    this.settings = settings;
    this.connector = new Connector(settings);
    this.sweeper = Thread.ofVirtual().name("http-sweeper").start(this::sweep);
  }

  /** The settings it was made with. */
  public FetchSettings settings() {
    return settings;
  }

  /**
   * Sends a request and returns the answer, whatever its status. GET and HEAD follow redirects;
   * other methods only 303 (as GET), 307 and 308. The caller closes the answer.
   *
   * @throws AddressRefusedException if the policy refuses an address on the way
   * @throws HttpProtocolException if the other side breaks the protocol or a limit
   * @throws IOException if the connection fails
   */
  public FetchResponse send(FetchRequest request) throws IOException {
    FetchRequest current = request;
    for (int hop = 0; hop <= REDIRECT_LIMIT; hop++) {
      FetchResponse response = exchange(current);
      Optional<FetchRequest> next;
      try {
        next = redirect(current, response);
      } catch (IOException e) {
        response.close();
        throw e;
      }
      if (next.isEmpty()) {
        return response;
      }
      response.close();
      current = next.get();
    }
    throw new HttpProtocolException(
        request.url().shown() + " redirects more than " + REDIRECT_LIMIT + " times");
  }

  @Override
  public void close() {
    sweeper.interrupt();
    pool.close();
  }

  private FetchResponse exchange(FetchRequest request) throws IOException {
    TlsTrust trust = request.trust().orElse(settings.trust());
    var url = request.url();
    var key = new ConnectionPool.Key(url.secure(), url.host(), url.port(), trust);
    Optional<HttpConnection> kept = pool.take(key);
    if (kept.isPresent()) {
      try {
        return on(kept.get(), key, request);
      } catch (IOException e) {
        // The other side may have closed a kept connection just now; what has no effect twice is
        // sent again.
        boolean repeatable =
            request.isRead() || request.method().equals("PUT") || request.method().equals("DELETE");
        if (!repeatable || kept.get().input().received() || e instanceof HttpProtocolException) {
          throw e;
        }
      }
    }
    HttpConnection connection = connector.connect(url, trust);
    pool.use(connection);
    return on(connection, key, request);
  }

  private FetchResponse on(HttpConnection connection, ConnectionPool.Key key, FetchRequest request)
      throws IOException {
    var exchange = new Exchange(connection, request, settings.userAgent());
    try {
      return exchange.run(reusable -> pool.giveBack(key, connection, reusable));
    } catch (IOException | RuntimeException e) {
      pool.giveBack(key, connection, false);
      throw e;
    }
  }

  private static Optional<FetchRequest> redirect(FetchRequest request, FetchResponse response)
      throws IOException {
    boolean toGet = response.status() == 303;
    boolean follows =
        switch (response.status()) {
          case 301, 302 -> request.isRead();
          case 303, 307, 308 -> true;
          default -> false;
        };
    Optional<String> location = response.headers().first("Location");
    if (!follows || location.isEmpty()) {
      return Optional.empty();
    }
    HttpUrl next;
    try {
      next = request.url().resolve(location.get());
    } catch (IllegalArgumentException e) {
      throw new HttpProtocolException(
          request.url().shown() + " redirects to a bad place: " + e.getMessage());
    }
    if (request.url().secure() && !next.secure()) {
      throw new HttpProtocolException(
          request.url().shown() + " redirects from https to http, which is refused");
    }
    return Optional.of(request.redirectedTo(next, toGet));
  }

  private void sweep() {
    try {
      while (true) {
        Thread.sleep(SWEEP);
        pool.sweep();
      }
    } catch (InterruptedException e) {
      // Closing the client ends this thread.
      Thread.currentThread().interrupt();
    }
  }
}
