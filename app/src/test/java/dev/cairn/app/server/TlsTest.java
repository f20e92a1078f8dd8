package dev.cairn.app.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.TenantId;
import dev.cairn.server.PrometheusMetrics;
import dev.cairn.server.SystemDialect;
import dev.cairn.server.http.HttpOptions;
import dev.cairn.server.http.HttpServer;
import dev.cairn.server.http.Listener;
import dev.cairn.service.Principal;
import dev.cairn.service.RepositoryGrant;
import dev.cairn.service.Right;
import dev.cairn.service.Tokens;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The TLS port: what it presents, to whom it is good, and how the certificate changes. */
class TlsTest {
  @TempDir Path directory;

  private ServerConfig config(Optional<ServerConfig.TlsFiles> files) {
    return ServerConfig.in(directory.resolve("data"))
        .speakingTls(new ServerConfig.Tls("127.0.0.1:0", files));
  }

  private static HttpServer serve(ServerConfig config) throws Exception {
    return HttpServer.start(
        List.of(new Listener.Tls("127.0.0.1", 0, ServerCertificate.context(config))),
        List.of(new SystemDialect(new PrometheusMetrics())),
        new NoTokens(),
        (method, route, status, nanos) -> {},
        new HttpOptions(
            100,
            32 << 10,
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            HttpOptions.DEFAULT.bodyRate(),
            Duration.ofSeconds(1)));
  }

  /** Asks over TLS, trusting this authority alone, and returns answer and certificate. */
  private record Asked(String answer, X509Certificate certificate) {}

  private static Asked ask(int port, String name, X509Certificate authority) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", authority);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (Socket plain = new Socket("127.0.0.1", port);
        var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              ("GET /health HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Asked(answer, (X509Certificate) socket.getSession().getPeerCertificates()[0]);
    }
  }

  @Test
  void makesItselfACertificateOnceThatIsGoodForItsNames() throws Exception {
    ServerConfig config = config(Optional.empty());
    Path tls = config.data().resolve("tls");
    X509Certificate authority;
    try (HttpServer server = serve(config)) {
      authority = SelfMadeCertificate.certificate(tls.resolve("authority.crt"));
      for (String name : List.of("localhost", "127.0.0.1")) {
        assertThat(ask(server.port(0), name, authority).answer()).startsWith("HTTP/1.1 200");
      }
      assertThatThrownBy(() -> ask(server.port(0), "elsewhere.example.com", authority))
          .hasMessageContaining("elsewhere.example.com");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tls)))
        .isEqualTo("rwx------");
    for (String key : List.of("authority.p12", "server.p12")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tls.resolve(key))))
          .isEqualTo("rw-------");
    }
    byte[] first = Files.readAllBytes(tls.resolve("server.crt"));
    serve(config).close();
    assertThat(Files.readAllBytes(tls.resolve("server.crt"))).isEqualTo(first);
    // A new name needs a new certificate, under the same authority.
    SelfMadeCertificate.in(config.data()).ready(Set.of("localhost", "cairn.example.com"));
    assertThat(Files.readAllBytes(tls.resolve("server.crt"))).isNotEqualTo(first);
    assertThat(SelfMadeCertificate.certificate(tls.resolve("authority.crt"))).isEqualTo(authority);
  }

  /** Puts a certificate of an authority of its own into the two files. */
  private X509Certificate files(ServerConfig.TlsFiles files, String authority) throws Exception {
    Path data = directory.resolve(authority);
    SelfMadeCertificate.in(data).ready(Set.of("localhost"));
    Path tls = data.resolve("tls");
    Files.copy(
        tls.resolve("server.crt"),
        files.certificate(),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = new ByteArrayInputStream(Files.readAllBytes(tls.resolve("server.p12")))) {
      keys.load(in, KeyTool.PASSWORD.toCharArray());
    }
    var key = (PrivateKey) keys.getKey("server", KeyTool.PASSWORD.toCharArray());
    Files.writeString(
        files.key(),
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(key.getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
    return SelfMadeCertificate.certificate(tls.resolve("authority.crt"));
  }

  @Test
  void readsChangedFilesAnewAndKeepsTheOldOnesIfTheyAreWrong() throws Exception {
    var files =
        new ServerConfig.TlsFiles(directory.resolve("cert.pem"), directory.resolve("key.pem"));
    X509Certificate first = files(files, "first");
    try (HttpServer server = serve(config(Optional.of(files)))) {
      assertThat(ask(server.port(0), "localhost", first).answer()).contains("200");
      Certificate old = ask(server.port(0), "localhost", first).certificate();

      Files.writeString(files.key(), "nonsense");
      Files.setLastModifiedTime(files.key(), FileTime.from(Instant.now().plusSeconds(10)));
      Thread.sleep(1200);
      assertThat(ask(server.port(0), "localhost", first).certificate()).isEqualTo(old);

      X509Certificate second = files(files, "second");
      Files.setLastModifiedTime(files.key(), FileTime.from(Instant.now().plusSeconds(20)));
      Thread.sleep(1200);
      assertThat(ask(server.port(0), "localhost", second).certificate()).isNotEqualTo(old);
    }
  }

  @Test
  void namesTheFileThatIsWrong() throws Exception {
    var files =
        new ServerConfig.TlsFiles(directory.resolve("cert.pem"), directory.resolve("key.pem"));
    files(files, "first");
    Files.writeString(files.key(), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n");
    assertThatThrownBy(() -> ServerCertificate.context(config(Optional.of(files))))
        .hasMessageContaining("key.pem")
        .hasMessageContaining("openssl pkcs8");
    var mixed = new ServerConfig.TlsFiles(files.certificate(), directory.resolve("other.pem"));
    var other = new ServerConfig.TlsFiles(directory.resolve("other.crt"), mixed.key());
    files(other, "second");
    assertThatThrownBy(() -> ServerCertificate.context(config(Optional.of(mixed))))
        .hasMessageContaining("does not belong to the certificate");
    assertThatThrownBy(
            () -> ServerConfig.Tls.of("x:1", Optional.of(files.certificate()), Optional.empty()))
        .hasMessageContaining("belong together");
    assertThat(
            CertificateFactory.getInstance("X.509")
                .generateCertificates(Files.newInputStream(files.certificate())))
        .hasSize(1);
  }

  /** Whoever never shakes hands is cut, and failed handshakes leave room for the next one. */
  @Test
  void cutsThoseWhoNeverShakeHandsAndForgetsThem() throws Exception {
    ServerConfig config = config(Optional.empty());
    try (HttpServer server = serve(config);
        var silent = new Socket("127.0.0.1", server.port(0))) {
      silent.setSoTimeout(30_000);
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
      for (int i = 0; i < 150; i++) {
        try (var wrong = new Socket("127.0.0.1", server.port(0))) {
          wrong.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
          wrong.setSoTimeout(30_000);
          wrong.getInputStream().readAllBytes();
        } catch (SocketException e) {
          assertThat(e).as("cut without a word is as good").isNotNull();
        }
      }
      var authority = SelfMadeCertificate.certificate(config.data().resolve("tls/authority.crt"));
      assertThat(ask(server.port(0), "localhost", authority).answer()).contains("200");
    }
  }

  /** Nobody has a token here. */
  private static final class NoTokens implements Tokens {
    @Override
    public Issued issue(TenantId tenant, Purpose purpose) {
      throw new AssertionError(tenant + " wants a token: " + Right.all());
    }

    @Override
    public Exchanged exchange(Principal login, List<RepositoryGrant> asked) {
      throw new AssertionError(login.tokenId() + " wants another token");
    }

    @Override
    public Optional<Principal> authenticate(String bearer) {
      return Optional.empty();
    }

    @Override
    public List<Token> list(TenantId tenant) {
      return List.of();
    }

    @Override
    public boolean revoke(TenantId tenant, String id) {
      return false;
    }
  }
}
