package dev.cairn.app.server;

import dev.cairn.app.command.Surroundings;
import dev.cairn.app.command.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the certificate that a server made for itself, and how clients come to trust it. */
@Command(
    name = "certificate",
    description = "Show the server's self-made certificate and how clients come to trust it.")
public final class CertificateCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "the data directory; default /var/lib/cairn, or ~/.local/share/cairn")
  private @Nullable Path data;

  @Option(
      names = "--host",
      paramLabel = "HOST:PORT",
      defaultValue = "HOST:PORT",
      description = "where clients reach the server, for the printed instructions")
  private String host = "HOST:PORT";

  @Option(names = "--pem", description = "print the authority's certificate alone")
  private boolean pem;

  /** The command, in these surroundings. */
  public CertificateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    var made = SelfMadeCertificate.in(data == null ? surroundings.dataDirectory() : data);
    if (!Files.exists(made.authority())) {
      throw new UsageException(
          "there is no "
              + made.authority()
              + ": a server makes it when it is started with --tls-listen and no certificate");
    }
    if (pem) {
      surroundings.out().print(Files.readString(made.authority()));
      return 0;
    }
    show(made, surroundings.out());
    return 0;
  }

  private void show(SelfMadeCertificate made, PrintStream out) throws IOException {
    X509Certificate own = made.own();
    try {
      out.println("authority    " + made.authority().toAbsolutePath());
      out.println(
          "sha-256      "
              + ServerCertificate.fingerprint(SelfMadeCertificate.certificate(made.authority())));
      out.println("good for     " + String.join(", ", SelfMadeCertificate.namesOf(own)));
      out.println("good until   " + own.getNotAfter().toInstant());
    } catch (GeneralSecurityException e) {
      throw new IOException("the server's certificate cannot be read", e);
    }
    out.println();
    out.println("Clients trust it once they have a copy of the authority's certificate as");
    out.println("  docker            /etc/docker/certs.d/" + host + "/ca.crt");
    out.println("  podman, skopeo    /etc/containers/certs.d/" + host + "/ca.crt");
    out.println("  cairn             export CAIRN_CERTIFICATES=FILE");
    out.println("  ctr               --tlscacert FILE");
    out.println("  containerd        /etc/containerd/certs.d/" + host + "/hosts.toml:");
    out.println("                      [host.\"https://" + host + "\"]");
    out.println("                        ca = \"FILE\"");
    out.println("  a Debian machine  /usr/local/share/ca-certificates/cairn.crt, then");
    out.println("                    update-ca-certificates");
  }
}
