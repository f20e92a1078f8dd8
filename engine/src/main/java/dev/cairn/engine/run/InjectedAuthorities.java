package dev.cairn.engine.run;

import dev.cairn.linux.mount.Owners;
import dev.cairn.linux.sandbox.SandboxMount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The operator's certificate authorities for commands, together with the usual ones, because most
 * programs take the one bundle instead of the other. The files are shown below {@code /run} and
 * named by variables of the process; over the image's own bundle nothing is mounted, or {@code
 * update-ca-certificates} could not replace it. Programs that know neither (Java, whose authorities
 * are in a store of its own) have to be told in the command.
 *
 * @param directory where the files lie; absent if there are no authorities
 */
public record InjectedAuthorities(Optional<Path> directory) {
  private static final String SHOWN = "/run/cairn/";
  private static final String BUNDLE = "ca-certificates.crt";
  private static final String APT = "apt.conf";
  private static final String WGET = "wgetrc";

  /** Who reads which: OpenSSL and Go, curl, Python, Node.js, Git, Cargo, and so on. */
  private static final List<String> VARIABLES =
      List.of(
          "SSL_CERT_FILE",
          "CURL_CA_BUNDLE",
          "REQUESTS_CA_BUNDLE",
          "PIP_CERT",
          "NODE_EXTRA_CA_CERTS",
          "NPM_CONFIG_CAFILE",
          "DENO_CERT",
          "GIT_SSL_CAINFO",
          "CARGO_HTTP_CAINFO",
          "AWS_CA_BUNDLE",
          "BUNDLE_SSL_CA_CERT",
          "COMPOSER_CAFILE",
          "PERL_LWP_SSL_CA_FILE",
          "HEX_CACERTS_PATH",
          "NIX_SSL_CERT_FILE",
          "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");

  /** None. */
  public static final InjectedAuthorities NONE = new InjectedAuthorities(Optional.empty());

  /**
   * Writes the files.
   *
   * @param directory below the engine's own, whose files commands can be shown
   * @throws IOException if the operator's bundle holds no certificate
   */
  public static InjectedAuthorities prepare(Optional<Path> bundle, Path directory)
      throws IOException {
    if (bundle.isEmpty()) {
      return NONE;
    }
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    write(directory.resolve(BUNDLE), merged(bundle.get()));
    write(directory.resolve(APT), "Acquire::https::CAInfo \"" + SHOWN + BUNDLE + "\";\n");
    write(directory.resolve(WGET), "ca_certificate = " + SHOWN + BUNDLE + "\n");
    return new InjectedAuthorities(Optional.of(directory));
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private static String merged(Path bundle) throws IOException {
    Set<X509Certificate> all = new LinkedHashSet<>();
    try {
      var read =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(bundle)));
      for (var certificate : read) {
        all.add((X509Certificate) certificate);
      }
      if (all.isEmpty()) {
        throw new IOException(bundle + " holds no certificate");
      }
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      for (var manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager usual) {
          all.addAll(List.of(usual.getAcceptedIssuers()));
        }
      }
      var text = new StringBuilder();
      for (X509Certificate certificate : all) {
        text.append(pem(certificate));
      }
      return text.toString();
    } catch (GeneralSecurityException e) {
      throw new IOException(bundle + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static String pem(X509Certificate certificate) throws CertificateEncodingException {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  /** What commands are shown. */
  List<SandboxMount> mounts(Owners owners) throws IOException {
    if (directory.isEmpty()) {
      return List.of();
    }
    Path shown = owners.shown(directory.get());
    return List.of(
        SandboxMount.Bind.readOnly(shown.resolve(BUNDLE), SHOWN + BUNDLE),
        SandboxMount.Bind.readOnly(shown.resolve(APT), SHOWN + APT),
        SandboxMount.Bind.readOnly(shown.resolve(WGET), SHOWN + WGET));
  }

  /** Names them to the programs, unless somebody has named others. */
  void addTo(Map<String, String> variables) {
    if (directory.isPresent()) {
      VARIABLES.forEach(name -> variables.putIfAbsent(name, SHOWN + BUNDLE));
      variables.putIfAbsent("APT_CONFIG", SHOWN + APT);
      variables.putIfAbsent("WGETRC", SHOWN + WGET);
    }
  }
}
