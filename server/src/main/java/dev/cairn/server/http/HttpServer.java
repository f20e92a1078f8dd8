package dev.cairn.server.http;

import dev.cairn.service.Tokens;
import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** The running HTTP server with its listeners, one virtual thread per connection. */
public final class HttpServer implements AutoCloseable {
  private final List<WebServer> servers;
  private final List<UnixRelay> relays;

  private HttpServer(List<WebServer> servers, List<UnixRelay> relays) {
    this.servers = servers;
    this.relays = relays;
  }

  /**
   * Starts all listeners.
   *
   * @throws IllegalStateException if a route declares no access, two routes are the same, or a
   *     listener names an unknown dialect
   * @throws UncheckedIOException if an address cannot be listened on
   */
  public static HttpServer start(
      List<Listener> listeners,
      List<Dialect> dialects,
      Tokens tokens,
      RequestObserver observer,
      HttpOptions options) {
    dialects.forEach(dialect -> dialect.routes().forEach(Route::access));
    var gate = new Gate(tokens);
    var turns = BodyTurns.ofThisMachine();
    List<RequestHandler> handlers = new ArrayList<>();
    for (Listener listener : listeners) {
      handlers.add(
          new RequestHandler(
              new Router(chosen(listener, dialects)), gate, observer, options.bodyRate(), turns));
    }
    var servers = new ArrayList<WebServer>();
    var relays = new ArrayList<UnixRelay>();
    var running = new HttpServer(servers, relays);
    try {
      for (int i = 0; i < listeners.size(); i++) {
        RequestHandler handler = handlers.get(i);
        switch (listeners.get(i)) {
          case Listener.Tcp tcp ->
              servers.add(listen(tcp.host(), tcp.port(), Optional.empty(), handler, options));
          case Listener.Tls tls ->
              servers.add(
                  listen(tls.host(), tls.port(), Optional.of(tls.context()), handler, options));
          case Listener.Unix unix -> {
            WebServer server = listen("127.0.0.1", 0, Optional.empty(), handler, options);
            servers.add(server);
            relays.add(UnixRelay.start(unix.path(), server.port(), options.maxConnections()));
          }
        }
      }
      return running;
    } catch (RuntimeException e) {
      running.close();
      throw e;
    }
  }

  private static List<Dialect> chosen(Listener listener, List<Dialect> dialects) {
    if (listener.dialects().isEmpty()) {
      return dialects;
    }
    for (String name : listener.dialects()) {
      if (dialects.stream().noneMatch(dialect -> dialect.name().equals(name))) {
        throw new IllegalStateException("a listener names the unknown dialect " + name);
      }
    }
    // Whether it lives is asked at every listener.
    return dialects.stream()
        .filter(d -> listener.dialects().contains(d.name()) || d.name().equals("system"))
        .toList();
  }

  private static WebServer listen(
      String host,
      int port,
      Optional<SSLContext> tls,
      RequestHandler handler,
      HttpOptions options) {
    var http1 =
        Http1Config.builder()
            .maxHeadersSize(options.maxHeaderBytes())
            .maxPrologueLength(16 << 10)
            // Our own router decodes the path segment by segment.
            .validatePath(false)
            .validateRequestHeaders(true)
            .validateResponseHeaders(true)
            .continueImmediately(false)
            .build();
    var patience = new Patience(http1);
    var listener =
        ListenerConfig.builder()
            .host(host)
            .port(port)
            .protocolsDiscoverServices(false)
            .addConnectionSelector(patience)
            // A port for TLS counts for itself.
            .maxTcpConnections(tls.isEmpty() ? options.maxConnections() : -1)
            .maxPayloadSize(-1)
            .shutdownGracePeriod(options.shutdownGrace())
            .idleConnectionTimeout(options.headTime())
            .idleConnectionPeriod(options.headTime().dividedBy(10))
            .connectionOptions(
                SocketOptions.builder().readTimeout(options.readTimeout()).tcpNoDelay(true).build())
            .routing(
                HttpRouting.builder()
                    .any((request, response) -> handler.handle(request, response, patience)));
    tls.map(context -> PatientTls.of(context, options.maxConnections(), options.headTime()))
        .ifPresent(context -> listener.tls(Tls.builder().sslContext(context).build()));
    WebServer server =
        WebServer.builder()
            .from(io.helidon.webserver.WebServerConfig.builder().from(listener.build()))
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .build()
            .start();
    if (!server.isRunning()) {
      // The web server only logs that it could not bind.
      throw new UncheckedIOException(
          new BindException(
              "cannot listen on " + host + ":" + port + "; does another server listen there?"));
    }
    return server;
  }

  /** The TCP port of a listener, by its place in the list. */
  public int port(int listener) {
    return servers.get(listener).port();
  }

  /** Takes no new connections, lets running requests end for the grace time, then cuts them. */
  @Override
  public void close() {
    relays.forEach(UnixRelay::close);
    servers.forEach(WebServer::stop);
  }
}
