package dev.cairn.server.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A context like another one, whose server sockets are {@link PatientTlsSocket}s. */
final class PatientTls extends SSLContextSpi {
  private final SSLContext context;
  private final int places;
  private final Duration handshake;

  private PatientTls(SSLContext context, int places, Duration handshake) {
    this.context = context;
    this.places = places;
    this.handshake = handshake;
  }

  /**
   * The context for the web server.
   *
   * @param places open connections
   * @param handshake how long a handshake may take
   */
  static SSLContext of(SSLContext context, int places, Duration handshake) {
    return new Context(new PatientTls(context, places, handshake), context);
  }

  private static final class Context extends SSLContext {
    Context(PatientTls spi, SSLContext like) {
      super(spi, like.getProvider(), like.getProtocol());
    }
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    return new Sockets();
  }

  private final class Sockets extends SSLServerSocketFactory {
    @Override
    public ServerSocket createServerSocket() throws IOException {
      return new PatientTlsSocket(context, places, handshake);
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
      return createServerSocket(port, 0);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
      return createServerSocket(port, backlog, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress address)
        throws IOException {
      ServerSocket socket = createServerSocket();
      socket.bind(new InetSocketAddress(address, port), backlog);
      return socket;
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return context.getDefaultSSLParameters().getCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return context.getSupportedSSLParameters().getCipherSuites();
    }
  }

  @Override
  protected void engineInit(
      KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
      throws KeyManagementException {
    throw new KeyManagementException("it is initialised already");
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    return context.getSocketFactory();
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    return context.createSSLEngine();
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    return context.createSSLEngine(host, port);
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return context.getServerSessionContext();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return context.getClientSessionContext();
  }

  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    return context.getDefaultSSLParameters();
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    return context.getSupportedSSLParameters();
  }
}
