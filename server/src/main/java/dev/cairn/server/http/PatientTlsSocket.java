package dev.cairn.server.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Accepts connections for TLS and cuts those that do not finish the handshake in time. The web
 * server's own way waits for the handshake without a limit and never gives back the places of those
 * that failed, so that some thousand bad handshakes would shut the port for everybody.
 */
final class PatientTlsSocket extends SSLServerSocket {
  private final SSLSocketFactory sockets;
  private final Semaphore places;
  private final Duration handshake;
  private SSLParameters parameters;

  /**
   * Not bound yet.
   *
   * @param places open connections, with and without a finished handshake
   * @param handshake how long one may take
   */
  PatientTlsSocket(SSLContext context, int places, Duration handshake) throws IOException {
    this.sockets = context.getSocketFactory();
    this.parameters = context.getDefaultSSLParameters();
    this.places = new Semaphore(places);
    this.handshake = handshake;
  }

  @Override
  public Socket accept() throws IOException {
    try {
      places.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server stops", e);
    }
    var plain = new CountedSocket(places);
    try {
      implAccept(plain);
      var secured = (SSLSocket) sockets.createSocket(plain, null, true);
      secured.setUseClientMode(false);
      secured.setSSLParameters(parameters);
      watch(plain, secured);
      return secured;
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  private void watch(CountedSocket plain, SSLSocket secured) {
    var waiting =
        Thread.ofVirtual()
            .name("tls-handshake")
            .unstarted(() -> {
              try {
                Thread.sleep(handshake);
                plain.close();
              } catch (InterruptedException e) {
                // It has shaken hands.
                Thread.currentThread().interrupt();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    secured.addHandshakeCompletedListener(event -> waiting.interrupt());
    waiting.start();
  }

  @Override
  public SSLParameters getSSLParameters() {
    return parameters;
  }

  @Override
  public void setSSLParameters(SSLParameters given) {
    parameters = given;
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return parameters.getCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    parameters.setCipherSuites(suites);
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return sockets.getSupportedCipherSuites();
  }

  @Override
  public String[] getSupportedProtocols() {
    return parameters.getProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return parameters.getProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    parameters.setProtocols(protocols);
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    parameters.setNeedClientAuth(need);
  }

  @Override
  public boolean getNeedClientAuth() {
    return parameters.getNeedClientAuth();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    parameters.setWantClientAuth(want);
  }

  @Override
  public boolean getWantClientAuth() {
    return parameters.getWantClientAuth();
  }

  @Override
  public void setUseClientMode(boolean client) {
    if (client) {
      throw new IllegalArgumentException("this is the server's side");
    }
  }

  @Override
  public boolean getUseClientMode() {
    return false;
  }

  @Override
  public void setEnableSessionCreation(boolean create) {
    if (!create) {
      throw new IllegalArgumentException("clients begin sessions here");
    }
  }

  @Override
  public boolean getEnableSessionCreation() {
    return true;
  }
}
