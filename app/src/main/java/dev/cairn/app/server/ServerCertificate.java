package dev.cairn.app.server;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate with those that lead to its authority, and the key that belongs to it.
 *
 * @param chain the server's own certificate first
 */
record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
  private static final Logger LOG = LoggerFactory.getLogger(ServerCertificate.class);

  /**
   * @throws GeneralSecurityException if the key is not the certificate's
   */
  ServerCertificate(List<X509Certificate> chain, PrivateKey key, String algorithm)
      throws GeneralSecurityException {
    this(chain, key);
    byte[] sample = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(sample);
    byte[] signed = signature.sign();
    signature.initVerify(chain.getFirst());
    signature.update(sample);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("the key does not belong to the certificate");
    }
  }

  ServerCertificate {
    chain = List.copyOf(chain);
  }

  /**
   * What the TLS port presents: the operator's files, read anew when they change, else a
   * certificate that the server makes for itself.
   *
   * @throws IOException naming the file that cannot be used
   */
  static SSLContext context(ServerConfig config) throws IOException {
    var files = config.reach().tls().flatMap(ServerConfig.Tls::files);
    KeyManager keys;
    if (files.isPresent()) {
      keys = new ChangingKeys(new PemFiles(files.get()));
    } else {
      var own = SelfMadeCertificate.in(config.data()).ready(SelfMadeCertificate.names(config));
      LOG.info(
          "TLS with a self-made certificate, sha-256 of its authority {}; cairn certificate --data {}"
              + " says how clients come to trust it",
          fingerprint(own.chain().getLast()),
          config.data());
      keys = new ChangingKeys(own);
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {keys}, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be used: " + e.getMessage(), e);
    }
  }

  /** The SHA-256 of a certificate, as other tools print it. */
  static String fingerprint(X509Certificate certificate) {
    try {
      byte[] hash =
          java.security.MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.ofDelimiter(":").formatHex(hash).toUpperCase(Locale.ROOT);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
