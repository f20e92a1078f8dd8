package dev.cairn.app.client;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Sends requests to one server, each over a connection of its own. */
public final class ApiConnection {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int SILENCE_MILLIS = 180_000;
  private static final int BUFFER = 64 << 10;

  private final ServerAddress server;
  private final String token;
  private final SSLSocketFactory sockets;

  /**
   * With the authorities that come with Java.
   *
   * @param server where it is
   * @param token the bearer token; may be empty for routes that need none
   */
  public ApiConnection(ServerAddress server, String token) {
    this(server, token, (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  /**
   * @param server where it is
   * @param token the bearer token; may be empty for routes that need none
   * @param sockets makes the sockets for TLS; the server's name is checked in any case
   */
  public ApiConnection(ServerAddress server, String token, SSLSocketFactory sockets) {
    this.server = server;
    this.token = token;
    this.sockets = sockets;
  }

  /**
   * Sends a request and reads the head of the answer.
   *
   * @throws IOException if the server cannot be reached or does not speak HTTP
   */
  public ApiResponse send(ApiRequest request) throws IOException {
    Streams streams = connect();
    try {
      OutputStream out = new BufferedOutputStream(streams.out(), BUFFER);
      writeHead(request, out);
      Optional<IOException> brokenOff = writeBody(request, out);
      var reader = new ResponseReader(new BufferedInputStream(streams.in(), BUFFER));
      try {
        return reader.read(streams.closing(), request.method().equals("HEAD"));
      } catch (IOException e) {
        throw brokenOff.orElse(e);
      }
    } catch (IOException | RuntimeException e) {
      closeQuietly(streams, e);
      throw e;
    }
  }

  /**
   * Writes the body. A server that refuses may close its side before it has read all, so a broken
   * pipe is reported only if there is no answer either.
   */
  private static Optional<IOException> writeBody(ApiRequest request, OutputStream out)
      throws IOException {
    if (request.body().isEmpty()) {
      out.flush();
      return Optional.empty();
    }
    ApiRequest.Body body = request.body().get();
    var guarded = new GuardedOutput(out);
    try {
      if (body.length() >= 0) {
        body.writeTo(guarded);
      } else {
        var chunks = new ChunkedOutput(guarded);
        body.writeTo(chunks);
        // Not closed when the body breaks off: a last chunk would make it look whole.
        chunks.close();
      }
      guarded.flush();
      return Optional.empty();
    } catch (IOException e) {
      if (guarded.broken()) {
        return Optional.of(e);
      }
      throw e;
    }
  }

  private static void closeQuietly(Streams streams, Exception reason) {
    try {
      streams.closing().close();
    } catch (Exception e) {
      reason.addSuppressed(e);
    }
  }

  private void writeHead(ApiRequest request, OutputStream out) throws IOException {
    var head = new StringBuilder();
    head.append(request.method()).append(' ').append(request.path()).append(" HTTP/1.1\r\n");
    header(head, "Host", host());
    header(head, "Connection", "close");
    if (!token.isEmpty()) {
      header(head, "Authorization", "Bearer " + token);
    }
    request.headers().forEach((name, value) -> header(head, name, value));
    if (request.body().isPresent()) {
      long length = request.body().get().length();
      if (length >= 0) {
        header(head, "Content-Length", Long.toString(length));
      } else {
        header(head, "Transfer-Encoding", "chunked");
      }
    }
    head.append("\r\n");
    out.write(head.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void header(StringBuilder head, String name, String value) {
    if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("the header " + name + " may not hold a line end");
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }

  private String host() {
    return switch (server) {
      case ServerAddress.Tcp tcp ->
          (tcp.host().indexOf(':') >= 0 ? "[" + tcp.host() + "]" : tcp.host()) + ":" + tcp.port();
      case ServerAddress.Unix unix -> "localhost";
    };
  }

  private record Streams(InputStream in, OutputStream out, AutoCloseable closing) {}

  private Streams connect() throws IOException {
    return switch (server) {
      case ServerAddress.Tcp tcp -> connect(tcp);
      case ServerAddress.Unix unix -> connect(unix.socket());
    };
  }

  private Streams connect(ServerAddress.Tcp tcp) throws IOException {
    var socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      // A followed build sends a heartbeat every 15 s; nobody else thinks that long.
      socket.setSoTimeout(SILENCE_MILLIS);
      socket.connect(new InetSocketAddress(tcp.host(), tcp.port()), CONNECT_MILLIS);
      Socket used = tcp.tls() ? secured(socket, tcp) : socket;
      return new Streams(used.getInputStream(), used.getOutputStream(), used);
    } catch (IOException e) {
      socket.close();
      throw new IOException(
          "no server answers at " + tcp.host() + ":" + tcp.port() + ": " + e.getMessage(), e);
    }
  }

  private Socket secured(Socket plain, ServerAddress.Tcp tcp) throws IOException {
    var socket = (SSLSocket) sockets.createSocket(plain, tcp.host(), tcp.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static Streams connect(Path path) throws IOException {
    SocketChannel channel;
    try {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      throw new IOException("no server answers at " + path + ": " + e.getMessage(), e);
    }
    return new Streams(
        Channels.newInputStream(channel), Channels.newOutputStream(channel), channel);
  }
}
