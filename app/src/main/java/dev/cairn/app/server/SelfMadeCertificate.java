package dev.cairn.app.server;

import dev.cairn.service.store.OwnerOnly;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The certificate that a server makes for itself: an authority, made once and trusted by clients,
 * and below it the server's own, made anew when it lacks a name or comes to its end. Both lie in
 * the data directory's {@code tls}, which belongs to its owner alone.
 */
final class SelfMadeCertificate {
  /** Clients refuse certificates of servers that are good for longer. */
  private static final Duration LIFE = Duration.ofDays(825);

  private static final Duration RENEWED = Duration.ofDays(200);
  private static final int MOST_ADDRESSES = 20;

  private final Path directory;

  private SelfMadeCertificate(Path directory) {
    this.directory = directory;
  }

  static SelfMadeCertificate in(Path data) {
    return new SelfMadeCertificate(data.resolve("tls"));
  }

  /** The authority's certificate, which clients are to trust. */
  Path authority() {
    return directory.resolve("authority.crt");
  }

  private Path certificate() {
    return directory.resolve("server.crt");
  }

  /** The certificate for these names, made now if there is none that is good. */
  ServerCertificate ready(Set<String> names) throws IOException {
    OwnerOnly.directories(directory);
    var tool = new KeyTool(directory);
    if (!Files.exists(authority())) {
      tool.makeAuthority();
    }
    if (!Files.exists(certificate()) || !isGood(names)) {
      tool.makeServer(names, LIFE);
    }
    try {
      return read();
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "the certificate in "
              + directory
              + " cannot be used; remove server.crt to have it made"
              + " anew: "
              + e.getMessage(),
          e);
    }
  }

  private boolean isGood(Set<String> names) throws IOException {
    try {
      X509Certificate own = read().chain().getFirst();
      return own.getNotAfter().toInstant().isAfter(Instant.now().plus(RENEWED))
          && namesOf(own).containsAll(names);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private ServerCertificate read() throws IOException, GeneralSecurityException {
    X509Certificate own = certificate(certificate());
    KeyStore keys = KeyStore.getInstance(KeyTool.TYPE);
    try (var in = Files.newInputStream(directory.resolve(KeyTool.SERVER_KEY))) {
      keys.load(in, KeyTool.PASSWORD.toCharArray());
    }
    var key = (PrivateKey) keys.getKey(KeyTool.SERVER, KeyTool.PASSWORD.toCharArray());
    return new ServerCertificate(List.of(own, certificate(authority())), key, "SHA256withECDSA");
  }

  static X509Certificate certificate(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificate " + file + " cannot be read", e);
    }
  }

  /** The names and addresses that a certificate is for. */
  static Set<String> namesOf(X509Certificate certificate) throws GeneralSecurityException {
    Set<String> names = new TreeSet<>();
    var all = certificate.getSubjectAlternativeNames();
    if (all != null) {
      all.forEach(name -> names.add(String.valueOf(name.get(1))));
    }
    return names;
  }

  /** The server's own certificate, if one was made. */
  X509Certificate own() throws IOException {
    return certificate(certificate());
  }

  /** Every name under which clients may reach the server. */
  static Set<String> names(ServerConfig config) throws IOException {
    Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"));
    try {
      names.add(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      // A machine whose name leads nowhere is reached by address.
    }
    config.reach().publicHost().ifPresent(host -> names.add(withoutPort(host)));
    config.registryHost().ifPresent(host -> names.add(withoutPort(host)));
    String listen = Settings.host(config.reach().tls().orElseThrow().listen());
    InetAddress bound = InetAddress.getByName(listen);
    if (bound.isAnyLocalAddress()) {
      names.addAll(addresses());
    } else {
      names.add(listen.equals(bound.getHostName()) ? listen : bound.getHostAddress());
    }
    names.removeIf(name -> !name.matches("[A-Za-z0-9.:-]{1,253}"));
    return names;
  }

  private static Set<String> addresses() throws SocketException {
    Set<String> addresses = new TreeSet<>();
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLinkLocalAddress() && !address.isLoopbackAddress())
        .limit(MOST_ADDRESSES)
        .forEach(address -> addresses.add(address.getHostAddress()));
    return addresses;
  }

  private static String withoutPort(String host) {
    String name = host.replaceFirst(":[0-9]+$", "");
    return name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
  }
}
