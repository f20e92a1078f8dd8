package dev.cairn.oci.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/** Which certificates a TLS connection accepts. Two are equal only if they are the same object. */
public final class TlsTrust {

  private final SSLContext context;
  private final boolean verifying;

  private TlsTrust(SSLContext context, boolean verifying) {
    this.context = context;
    this.verifying = verifying;
  }

  /** The authorities that come with Java. */
  public static TlsTrust system() {
    return new TlsTrust(context(systemManagers()), true);
  }

  /** The authorities that come with Java, and those of this PEM or DER bundle. */
  public static TlsTrust withAuthorities(byte[] bundle) {
    try {
      Collection<? extends Certificate> extra =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bundle));
      if (extra.isEmpty()) {
        throw new IllegalArgumentException("certificate bundle holds no certificate");
      }
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (var certificate : extra) {
        store.setCertificateEntry("extra-" + number++, certificate);
      }
      for (var manager : systemManagers()) {
        if (manager instanceof X509TrustManager x509) {
          for (var issuer : x509.getAcceptedIssuers()) {
            store.setCertificateEntry("system-" + number++, issuer);
          }
        }
      }
      return new TlsTrust(context(managers(List.of(store))), true);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("certificate bundle cannot be read: " + e.getMessage(), e);
    }
  }

  /** Any certificate of any name. For one host that the operator named, never as a default. */
  public static TlsTrust insecure() {
    return new TlsTrust(context(new TrustManager[] {new Anything()}), false);
  }

  /** Whether certificate and host name are checked. */
  public boolean verifying() {
    return verifying;
  }

  /** Makes sockets that trust these authorities; whether the name fits is the caller's to check. */
  public SSLSocketFactory sockets() {
    return context.getSocketFactory();
  }

  private static TrustManager[] systemManagers() {
    return managers(List.of());
  }

  /** No store means Java's own. */
  private static TrustManager[] managers(List<KeyStore> store) {
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store.isEmpty() ? null : store.getFirst());
      return factory.getTrustManagers();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java's certificate store cannot be read", e);
    }
  }

  private static SSLContext context(TrustManager[] managers) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS cannot be set up", e);
    }
  }

  private static final class Anything extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
