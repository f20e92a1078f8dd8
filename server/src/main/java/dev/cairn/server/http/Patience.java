package dev.cairn.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps account of what each connection is waiting for, so that the web server's own watch over
 * idle connections cuts those that trickle: a head that does not come to its end, and an answer
 * that is not taken. While we work on a request, the connection may take all the time it needs; how
 * slowly its body comes is {@link LimitedBody}'s business.
 */
final class Patience implements ServerConnectionSelector {
  private final ServerConnectionSelector http1;

  /** A connection has one thread, and its requests are handled on it; there is one per listener. */
  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<Watched> current = new ThreadLocal<>();

  Patience(Http1Config config) {
    this.http1 = Http1ConnectionSelector.builder().config(config).build();
  }

  /** The head of this thread's request is here. */
  void requestBegins() {
    set(Waiting.FOR_US);
  }

  /** This thread's request is answered; the next head may come. */
  void requestEnds() {
    set(Waiting.FOR_A_HEAD);
  }

  /** This thread begins to send a piece of an answer. */
  void writeBegins() {
    set(Waiting.FOR_A_READER);
  }

  /** The piece is sent. */
  void writeEnds() {
    set(Waiting.FOR_US);
  }

  private void set(Waiting next) {
    Watched connection = current.get();
    if (connection != null) {
      connection.state = new State(next, System.nanoTime());
    }
  }

  private enum Waiting {
    FOR_A_HEAD,
    FOR_US,
    FOR_A_READER
  }

  private record State(Waiting waiting, long since) {}

  @Override
  public int bytesToIdentifyConnection() {
    return http1.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http1.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http1.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    return new Watched(http1.connection(context));
  }

  /** A connection that knows what it waits for. */
  private final class Watched implements ServerConnection, InterruptableTask<Void> {
    private final ServerConnection connection;
    private volatile State state = new State(Waiting.FOR_A_HEAD, System.nanoTime());

    Watched(ServerConnection connection) {
      this.connection = connection;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
      current.set(this);
      try {
        connection.handle(limit);
      } finally {
        current.remove();
      }
    }

    @Override
    public Duration idleTime() {
      State now = state;
      return now.waiting() == Waiting.FOR_US
          ? Duration.ZERO
          : Duration.ofNanos(System.nanoTime() - now.since());
    }

    @Override
    public void close(boolean interrupt) {
      // An interrupt is what ends a read or write that blocks; our own work ends by itself.
      connection.close(interrupt || state.waiting() != Waiting.FOR_US);
    }

    @Override
    public boolean canInterrupt() {
      return state.waiting() == Waiting.FOR_A_HEAD;
    }

    @Override
    public @Nullable Void call() {
      throw new IllegalStateException("connections are handled, not called");
    }
  }
}
