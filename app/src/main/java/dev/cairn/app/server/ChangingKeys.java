package dev.cairn.app.server;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.attribute.FileTime;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one certificate of the server. That of files is read anew when they have changed, so that
 * renewing it needs no restart; if the new files cannot be used, the old certificate goes on.
 */
final class ChangingKeys extends X509ExtendedKeyManager {
  private static final Logger LOG = LoggerFactory.getLogger(ChangingKeys.class);
  private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

  private final Optional<PemFiles> files;
  private volatile Current current;

  /** What is presented, under a name of its own, so that one handshake sees one pair. */
  private record Current(String alias, ServerCertificate certificate, List<FileTime> changed) {}

  private long looked = System.nanoTime();

  /** A certificate that stays. */
  ChangingKeys(ServerCertificate certificate) {
    this.files = Optional.empty();
    this.current = new Current("server", certificate, List.of());
  }

  /**
   * That of the files.
   *
   * @throws IOException if they cannot be used
   */
  ChangingKeys(PemFiles files) throws IOException {
    this.files = Optional.of(files);
    List<FileTime> changed = files.changed();
    this.current = new Current("server", files.read(), changed);
  }

  private synchronized Current fresh() {
    long now = System.nanoTime();
    if (files.isPresent() && now - looked > LOOK_NANOS) {
      looked = now;
      try {
        List<FileTime> changed = files.get().changed();
        if (!changed.equals(current.changed())) {
          current = new Current("server-" + now, files.get().read(), changed);
          LOG.info("the certificate of the TLS port was read anew");
        }
      } catch (IOException e) {
        LOG.warn("the changed certificate cannot be used, the old one goes on: {}", e.getMessage());
      }
    }
    return current;
  }

  private @Nullable String alias(String[] keyTypes) {
    Current now = fresh();
    String own = now.certificate().key().getAlgorithm();
    return Arrays.stream(keyTypes).anyMatch(type -> matches(type, own)) ? now.alias() : null;
  }

  /** An RSA key serves RSASSA-PSS too; edwards keys go by the family's name. */
  private static boolean matches(String type, String own) {
    return type.equals(own)
        || (own.equals("RSA") && type.startsWith("RSA"))
        || (own.startsWith("Ed") && type.startsWith("Ed"));
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(new String[] {keyType});
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(new String[] {keyType});
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = alias(new String[] {keyType});
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return current.certificate().chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return current.certificate().key();
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }
}
