package dev.cairn.app.server;

import dev.cairn.engine.step.Privileges;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.linux.sandbox.ThirtyTwoBit;
import dev.cairn.service.audit.AuditSettings;
import dev.cairn.service.mirror.MirrorSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the operator decides about a server.
 *
 * @param data the data directory; everything that must outlive the process is in it
 * @param tcp where it listens, {@code HOST:PORT}; none for a socket alone
 * @param socket a Unix socket to listen on as well
 * @param registryHost host and port under which others reach this registry; absent for the host
 *     that a request was sent to
 * @param slots builds that run at once
 * @param longestRun the longest time that a build may ask for
 * @param uploadBytes the largest context, unpacked, and the largest source of the Hypeman dialect
 *     is an eighth of it
 * @param allowedAddresses {@code CIDR[:port]} entries that our own client may reach although they
 *     are internal: registries, proxies, mirrors
 * @param registries how single registries are spoken to
 * @param certificates authorities known to our client and shown to steps besides the usual ones
 * @param steps what surrounds steps
 * @param database where PostgreSQL is, if not SQLite in the data directory
 * @param jwt tokens signed elsewhere, if they are accepted
 * @param limits what builds may take of the machine
 * @param runtimes container runtimes to try, best first, by name or absolute path; empty for the
 *     usual ones
 * @param isolation how well commands have to be shut in
 * @param collection how long things are kept
 * @param reach how clients reach it besides
 * @param audit how the audit log is kept
 * @param mirrors other registries that are mirrored
 */
public record ServerConfig(
    Path data,
    Optional<String> tcp,
    Optional<Path> socket,
    Optional<String> registryHost,
    int slots,
    Duration longestRun,
    long uploadBytes,
    List<String> allowedAddresses,
    RegistryConfig registries,
    Optional<Path> certificates,
    StepConfig steps,
    Optional<Database> database,
    Optional<Jwt> jwt,
    LimitConfig limits,
    List<String> runtimes,
    Isolation isolation,
    CollectionConfig collection,
    Reach reach,
    AuditSettings audit,
    List<MirrorSettings> mirrors) {

  /**
   * How clients reach the server besides the plain port and the socket.
   *
   * @param publicAddress where they reach it, as in {@code https://registry.example.com}; absent
   *     for the host that each request was sent to
   * @param tls where it speaks TLS
   */
  public record Reach(Optional<String> publicAddress, Optional<Tls> tls) {
    /** When nothing is said. */
    public static final Reach USUAL = new Reach(Optional.empty(), Optional.empty());

    private static final Pattern ADDRESS =
        Pattern.compile("https?://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?");

    /**
     * @throws IllegalArgumentException if the address has another form
     */
    public Reach {
      publicAddress
          .filter(address -> !ADDRESS.matcher(address).matches())
          .ifPresent(address -> {
            throw new IllegalArgumentException(
                "publicAddress is https://HOST[:PORT] or http://HOST[:PORT], without a path, not: "
                    + address);
          });
    }

    /** Host and port of the public address. */
    Optional<String> publicHost() {
      return publicAddress.map(address -> address.substring(address.indexOf("//") + 2));
    }
  }

  /**
   * A port that speaks TLS.
   *
   * @param listen {@code HOST:PORT}
   * @param files the certificate and its key, both in PEM form; absent for one that the server
   *     makes for itself
   */
  public record Tls(String listen, Optional<TlsFiles> files) {
    /**
     * From what stands in the configuration.
     *
     * @throws IllegalArgumentException if one of certificate and key is missing
     */
    static Tls of(String listen, Optional<Path> certificate, Optional<Path> key) {
      if (certificate.isPresent() != key.isPresent()) {
        throw new IllegalArgumentException(
            "tls.certificate and tls.key belong together; without both the server makes its own");
      }
      return new Tls(listen, certificate.map(file -> new TlsFiles(file, key.orElseThrow())));
    }
  }

  /** Where a certificate, with those that lead to its authority, and its key are. */
  public record TlsFiles(Path certificate, Path key) {}

  /**
   * How well commands have to be shut in.
   *
   * @param minimum the lowest rung that will do; without one the best that works here is taken, and
   *     several tenants need at least {@code user-namespace}
   * @param thirtyTwoBit which commands may run 32-bit programs
   * @param privileges what commands may have beyond the usual, if their build accepts it
   */
  public record Isolation(
      Optional<IsolationRung> minimum, ThirtyTwoBit thirtyTwoBit, Privileges privileges) {
    /** When nothing is said. */
    public static final Isolation USUAL =
        new Isolation(Optional.empty(), ThirtyTwoBit.BY_STEP, Privileges.NONE);

    /** The same with another minimum. */
    Isolation atLeast(IsolationRung other) {
      return new Isolation(Optional.of(other), thirtyTwoBit, privileges);
    }

    /** The rung of a text. */
    static IsolationRung rung(String text) {
      return IsolationRung.of(text)
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "isolation.minimum is one of "
                      + Stream.of(IsolationRung.values())
                          .map(IsolationRung::text)
                          .collect(Collectors.joining(", "))
                      + ", not: "
                      + text));
    }
  }

  /**
   * A PostgreSQL database.
   *
   * @param url as JDBC takes it
   */
  public record Database(String url, String user, Secret password) {}

  /**
   * Tokens that another service signs with HS256.
   *
   * @param secret the shared secret
   * @param tenant whose they are
   */
  public record Jwt(Secret secret, String tenant) {}

  /** A text that is never printed. */
  public record Secret(String text) {
    @Override
    public String toString() {
      return "***";
    }
  }

  public ServerConfig {
    data = data.toAbsolutePath().normalize();
    allowedAddresses = List.copyOf(allowedAddresses);
    runtimes = List.copyOf(runtimes);
    mirrors = List.copyOf(mirrors);
    if (slots < 1 || slots > 1000) {
      throw new IllegalArgumentException("slots: 1 to 1000 builds run at once, not " + slots);
    }
  }

  /** The usual: two builds at once, six hours, contexts of 10 GiB. */
  public static ServerConfig in(Path data) {
    return new ServerConfig(
        data,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Math.max(2, Runtime.getRuntime().availableProcessors()),
        Duration.ofHours(6),
        10L << 30,
        List.of(),
        RegistryConfig.NONE,
        Optional.empty(),
        StepConfig.USUAL,
        Optional.empty(),
        Optional.empty(),
        LimitConfig.OF_THE_MACHINE,
        List.of(),
        Isolation.USUAL,
        CollectionConfig.USUAL,
        Reach.USUAL,
        AuditSettings.DEFAULT,
        List.of());
  }

  /** The same, with its data here. */
  ServerConfig storing(Path newData) {
    return new ServerConfig(
        newData,
        tcp,
        socket,
        registryHost,
        slots,
        longestRun,
        uploadBytes,
        allowedAddresses,
        registries,
        certificates,
        steps,
        database,
        jwt,
        limits,
        runtimes,
        isolation,
        collection,
        reach,
        audit,
        mirrors);
  }

  /** The same, listening here alone. */
  public ServerConfig listening(Optional<String> newTcp, Optional<Path> newSocket) {
    return new ServerConfig(
        data,
        newTcp,
        newSocket,
        registryHost,
        slots,
        longestRun,
        uploadBytes,
        allowedAddresses,
        registries,
        certificates,
        steps,
        database,
        jwt,
        limits,
        runtimes,
        isolation,
        collection,
        new Reach(reach.publicAddress(), Optional.empty()),
        audit,
        mirrors);
  }

  /** The same, speaking TLS as well. */
  public ServerConfig speakingTls(Tls tls) {
    return new ServerConfig(
        data,
        tcp,
        socket,
        registryHost,
        slots,
        longestRun,
        uploadBytes,
        allowedAddresses,
        registries,
        certificates,
        steps,
        database,
        jwt,
        limits,
        runtimes,
        isolation,
        collection,
        new Reach(reach.publicAddress(), Optional.of(tls)),
        audit,
        mirrors);
  }

  /** The same, reaching these addresses and registries. */
  public ServerConfig reaching(List<String> addresses, List<String> plainRegistries) {
    return new ServerConfig(
        data,
        tcp,
        socket,
        registryHost,
        slots,
        longestRun,
        uploadBytes,
        addresses,
        registries.withPlainHttp(plainRegistries),
        certificates,
        steps,
        database,
        jwt,
        limits,
        runtimes,
        isolation,
        collection,
        reach,
        audit,
        mirrors);
  }
}
