package dev.cairn.oci.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSocket;

/**
 * Opens connections: resolve once, check all addresses, connect to one that was checked, then check
 * the certificate against the name. There is no second resolution, so a name that changes its mind
 * gains nothing.
 */
final class Connector {

  private static final int HEADER_LIMIT = 16 * 1024;

  private final FetchSettings settings;

  Connector(FetchSettings settings) {
    this.settings = settings;
  }

  HttpConnection connect(HttpUrl url, TlsTrust trust) throws IOException {
    Optional<ProxySettings> proxy = settings.proxy().filter(p -> p.serves(url.host()));
    Socket socket =
        proxy.isPresent()
            ? tunnel(proxy.get(), url)
            : open(checked(url.host(), url.port()), url.port());
    try {
      return new HttpConnection(
          url.secure() ? secured(socket, url, trust) : socket, settings.timeouts());
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** All addresses of the host, if every one of them may be reached. */
  private List<InetAddress> checked(String host, int port) throws IOException {
    Optional<InetAddress> literal = IpLiteral.parse(host);
    List<InetAddress> addresses =
        literal.isPresent() ? List.of(literal.get()) : settings.resolver().resolve(host);
    if (addresses.isEmpty()) {
      throw new IOException("host " + host + " has no address");
    }
    for (InetAddress address : addresses) {
      Optional<String> refusal = settings.policy().refusal(address, port);
      if (refusal.isPresent()) {
        throw new AddressRefusedException(host, port, "its address is " + refusal.get());
      }
    }
    return addresses;
  }

  private Socket open(List<InetAddress> addresses, int port) throws IOException {
    var failures = new ArrayList<IOException>();
    for (InetAddress address : addresses) {
      // Never the process-wide SOCKS settings: they would resolve and connect elsewhere.
      var socket = new Socket(Proxy.NO_PROXY);
      try {
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(address, port), millis());
        return socket;
      } catch (IOException e) {
        socket.close();
        failures.add(e);
      }
    }
    IOException first = failures.removeFirst();
    failures.forEach(first::addSuppressed);
    throw first;
  }

  private Socket tunnel(ProxySettings proxy, HttpUrl url) throws IOException {
    Optional<InetAddress> literal = url.literal();
    String target = url.host();
    if (literal.isPresent() || !proxy.resolvesNames()) {
      target = checked(url.host(), url.port()).getFirst().getHostAddress();
    }
    String authority = (target.indexOf(':') >= 0 ? "[" + target + "]" : target) + ":" + url.port();
    Socket socket = open(checked(proxy.host(), proxy.port()), proxy.port());
    try {
      var request =
          new StringBuilder("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n");
      proxy
          .authorization()
          .map(value -> new Headers.Field("Proxy-Authorization", value))
          .ifPresent(field ->
              request.append("Proxy-Authorization: ").append(field.value()).append("\r\n"));
      socket
          .getOutputStream()
          .write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
      var input = new WireInput(socket, settings.timeouts().connect());
      input.startAnswer(System.nanoTime() + settings.timeouts().connect().toNanos());
      var head = AnswerHead.read(input, HEADER_LIMIT);
      if (head.status() / 100 != 2) {
        throw new IOException("the HTTP proxy refused the connection with status " + head.status());
      }
      if (input.hasBuffered()) {
        throw new HttpProtocolException("the HTTP proxy sent data before the connection was used");
      }
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private Socket secured(Socket plain, HttpUrl url, TlsTrust trust) throws IOException {
    plain.setSoTimeout(millis());
    var socket = (SSLSocket) trust.sockets().createSocket(plain, url.host(), url.port(), true);
    var parameters = socket.getSSLParameters();
    if (trust.verifying()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    if (url.literal().isEmpty() && url.host().indexOf('_') < 0) {
      parameters.setServerNames(List.of(new SNIHostName(url.host())));
    }
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private int millis() {
    return (int) Math.min(settings.timeouts().connect().toMillis(), Integer.MAX_VALUE);
  }
}
