package dev.cairn.app.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** The operator's certificate and key, in PEM form. */
record PemFiles(ServerConfig.TlsFiles files) {
  private static final long MOST_BYTES = 1 << 20;
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  /** When both were changed last; differs when one of them is replaced. */
  List<FileTime> changed() throws IOException {
    return List.of(
        Files.getLastModifiedTime(files.certificate()), Files.getLastModifiedTime(files.key()));
  }

  /**
   * Reads both.
   *
   * @throws IOException naming the file that is wrong, and how
   */
  ServerCertificate read() throws IOException {
    List<X509Certificate> chain = chain(bytes(files.certificate()));
    var matcher = KEY.matcher(new String(bytes(files.key()), StandardCharsets.ISO_8859_1));
    if (!matcher.find()) {
      throw new IOException(
          "the key "
              + files.key()
              + " is not one in PEM form and PKCS #8 without a password; make one of it with"
              + " openssl pkcs8 -topk8 -nodes -in OLD -out NEW");
    }
    String kind = chain.getFirst().getPublicKey().getAlgorithm();
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(matcher.group(1));
      PrivateKey key =
          KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      return new ServerCertificate(chain, key, algorithm(kind));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          "the key "
              + files.key()
              + " does not go with the certificate "
              + files.certificate()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private List<X509Certificate> chain(byte[] bytes) throws IOException {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      for (var each :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes))) {
        chain.add((X509Certificate) each);
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "the certificate " + files.certificate() + " cannot be read: " + e.getMessage(), e);
    }
    if (chain.isEmpty()) {
      throw new IOException("the file " + files.certificate() + " holds no certificate");
    }
    return chain;
  }

  private static String algorithm(String kind) {
    return switch (kind) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> kind;
    };
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException("the file " + file + " is above 1 MiB; that is no PEM file");
    }
    return Files.readAllBytes(file);
  }
}
