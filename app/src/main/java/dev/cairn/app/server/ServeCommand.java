package dev.cairn.app.server;

import dev.cairn.app.command.Surroundings;
import dev.cairn.app.command.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the server until it is told to end. */
@Command(
    name = "serve",
    description = "Run the server.",
    footer = {
      "",
      "It stops on SIGTERM and SIGINT: nothing new is taken, running builds get a grace time and",
      "are otherwise queued again for the next start."
    })
public final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  private final Surroundings surroundings;

  /** The command, in these surroundings. */
  public ServeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "a YAML file, default $CAIRN_CONFIG; options win over it")
  private @Nullable Path config;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "where to listen; default 127.0.0.1:7070 unless a socket or TLS is given")
  private @Nullable String listen;

  @Option(
      names = "--tls-listen",
      paramLabel = "HOST:PORT",
      description = "where to speak TLS; cairn certificate says how clients come to trust it")
  private @Nullable String tlsListen;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description =
          "the certificate in PEM form, read anew when it changes; default: a self-made one")
  private @Nullable Path tlsCertificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "its key in PEM form, PKCS #8")
  private @Nullable Path tlsKey;

  @Option(
      names = "--public-address",
      paramLabel = "URL",
      description = "where clients reach it, needed behind a proxy: https://HOST[:PORT]")
  private @Nullable String publicAddress;

  @Option(names = "--socket", paramLabel = "PATH", description = "a Unix socket to listen on")
  private @Nullable Path socket;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "the data directory; default /var/lib/cairn, or ~/.local/share/cairn")
  private @Nullable Path data;

  @Option(names = "--slots", paramLabel = "N", description = "builds that run at once")
  private @Nullable Integer slots;

  @Option(
      names = "--registry-host",
      paramLabel = "HOST[:PORT]",
      description = "how others reach this registry; default: the host of each request")
  private @Nullable String registryHost;

  @Option(
      names = "--allow-address",
      paramLabel = "CIDR[:PORT]",
      description = "an internal address that pulls, pushes and ADD may reach (repeatable)")
  private List<String> allowAddresses = List.of();

  @Option(
      names = "--plain-http",
      paramLabel = "HOST[:PORT]",
      description = "a registry that is spoken to without TLS (repeatable)")
  private List<String> plainHttp = List.of();

  @Option(
      names = "--certificates",
      paramLabel = "FILE",
      description = "further authorities for pulls, pushes and steps, never part of an image")
  private @Nullable Path certificates;

  @Option(
      names = "--runtime",
      paramLabel = "NAME|PATH",
      description = "a container runtime to try, best first (repeatable); default crun, runc")
  private List<String> runtimes = List.of();

  @Option(
      names = "--isolation-minimum",
      paramLabel = "RUNG",
      description = {
        "how well steps must be shut in, or it does not start: plain, rootless-single-id,",
        "user-namespace, rootless, gvisor, micro-vm; default: the best that works, and",
        "several tenants need user-namespace"
      })
  private @Nullable String isolation;

  @Option(
      names = "--network",
      paramLabel = "MODE",
      description = "the most that steps reach: egress (default), isolated, none, host")
  private @Nullable String network;

  @Option(
      names = "--allow-step-address",
      paramLabel = "CIDR[:PORT]",
      description = "an internal address that steps may reach (repeatable)")
  private List<String> allowStepAddresses = List.of();

  @Option(
      names = "--allow-step-name",
      paramLabel = "NAME",
      description = "a name, or *.NAME, that isolated steps may look up (repeatable)")
  private List<String> allowStepNames = List.of();

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "how long running builds may go on when it stops; default ${DEFAULT-VALUE}")
  private int grace;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServerConfig chosen;
    try {
      chosen = chosen();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    var stopped = new CountDownLatch(1);
    try (CairnServer server = CairnServer.start(chosen)) {
      var main = Thread.currentThread();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    stopped.countDown();
                    try {
                      main.join(Duration.ofSeconds(grace + 20L));
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  },
                  "cairn-shutdown"));
      LOG.info(
          "cairn serves {} from {}",
          chosen
              .tcp()
              .or(() -> chosen.socket().map(Path::toString))
              .or(() -> chosen.reach().tls().map(tls -> "https://" + tls.listen()))
              .orElse(""),
          chosen.data());
      stopped.await();
      LOG.info("stopping; running builds have {} s", grace);
      server.drain(Duration.ofSeconds(grace));
    }
    return 0;
  }

  private ServerConfig chosen() throws IOException {
    Optional<Path> file =
        Optional.ofNullable(config).or(() -> surroundings.variable("CAIRN_CONFIG").map(Path::of));
    ServerConfig base =
        file.isEmpty()
            ? ServerConfig.in(surroundings.dataDirectory())
            : ConfigFile.read(file.get()).applied(surroundings.dataDirectory());
    Optional<Path> onSocket = Optional.ofNullable(socket).or(base::socket);
    Optional<String> onTcp = Optional.ofNullable(listen).or(base::tcp);
    ServerConfig.Reach reach =
        new ServerConfig.Reach(
            Optional.ofNullable(publicAddress).or(base.reach()::publicAddress), tls(base.reach()));
    if (onTcp.isEmpty() && onSocket.isEmpty() && reach.tls().isEmpty()) {
      onTcp = Optional.of("127.0.0.1:7070");
    }
    return new ServerConfig(
        data == null ? base.data() : data,
        onTcp,
        onSocket,
        Optional.ofNullable(registryHost).or(base::registryHost),
        slots == null ? base.slots() : slots,
        base.longestRun(),
        base.uploadBytes(),
        both(base.allowedAddresses(), allowAddresses),
        base.registries().withPlainHttp(both(base.registries().plainHttp(), plainHttp)),
        Optional.ofNullable(certificates).or(base::certificates),
        base.steps().and(Optional.ofNullable(network), allowStepAddresses, allowStepNames),
        base.database(),
        base.jwt(),
        base.limits(),
        runtimes.isEmpty() ? base.runtimes() : runtimes,
        isolation == null
            ? base.isolation()
            : base.isolation().atLeast(ServerConfig.Isolation.rung(isolation)),
        base.collection(),
        reach,
        base.audit(),
        base.mirrors());
  }

  private Optional<ServerConfig.Tls> tls(ServerConfig.Reach base) {
    Optional<String> where =
        Optional.ofNullable(tlsListen).or(() -> base.tls().map(t -> t.listen()));
    if (where.isEmpty()) {
      if (tlsCertificate != null || tlsKey != null) {
        throw new IllegalArgumentException("--tls-certificate and --tls-key need --tls-listen");
      }
      return Optional.empty();
    }
    if (tlsCertificate == null && tlsKey == null && base.tls().isPresent()) {
      return Optional.of(new ServerConfig.Tls(where.get(), base.tls().get().files()));
    }
    return Optional.of(
        ServerConfig.Tls.of(
            where.get(), Optional.ofNullable(tlsCertificate), Optional.ofNullable(tlsKey)));
  }

  private static List<String> both(List<String> some, List<String> more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }
}
