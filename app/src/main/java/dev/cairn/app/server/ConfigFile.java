package dev.cairn.app.server;

import dev.cairn.build.Limits;
import dev.cairn.engine.run.ProxyVariables;
import dev.cairn.engine.step.Privileges;
import dev.cairn.linux.sandbox.ThirtyTwoBit;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.registry.Credential;
import dev.cairn.service.audit.AuditSettings;
import dev.cairn.service.mirror.MirrorSettings;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The configuration file, YAML, member by member as below; everything is optional and options of
 * the command line win over it. docs/configuration.md explains each.
 */
public record ConfigFile(
    Optional<String> data,
    Optional<String> listen,
    Optional<String> socket,
    Optional<String> registryHost,
    Optional<Integer> slots,
    Optional<Integer> longestRunSeconds,
    Optional<Long> uploadBytes,
    Optional<List<String>> allowAddresses,
    Optional<List<String>> plainHttp,
    Optional<Map<String, RegistryMembers>> registries,
    Optional<String> certificates,
    Optional<String> network,
    Optional<List<String>> allowStepAddresses,
    Optional<List<String>> allowStepNames,
    Optional<ProxyMembers> proxy,
    Optional<DatabaseMembers> database,
    Optional<JwtMembers> jwt,
    Optional<LimitMembers> limits,
    Optional<List<String>> runtimes,
    Optional<IsolationMembers> isolation,
    Optional<CollectionMembers> collection,
    Optional<String> publicAddress,
    Optional<TlsMembers> tls,
    Optional<AuditMembers> audit,
    Optional<Map<String, MirrorMembers>> mirrors) {

  /** Where TLS is spoken, and with what; without files the server makes its own. */
  public record TlsMembers(String listen, Optional<String> certificate, Optional<String> key) {}

  /** How one registry is spoken to. */
  public record RegistryMembers(Optional<String> certificates, Optional<Boolean> unchecked) {}

  /** How the audit log is kept. */
  public record AuditMembers(Optional<String> anchorFile, Optional<Integer> entries) {}

  /** A mirror of another registry; the password of its login stands in a file of its own. */
  public record MirrorMembers(
      Optional<String> upstream,
      Optional<Long> freshSeconds,
      Optional<Long> keepSeconds,
      Optional<String> user,
      Optional<String> passwordFile) {}

  /** How well commands have to be shut in, and what the operator allows them all the same. */
  public record IsolationMembers(
      Optional<String> minimum,
      Optional<String> thirtyTwoBit,
      Optional<List<String>> allow,
      Optional<Map<String, String>> devices) {}

  /** Where PostgreSQL is; the password stands in a file of its own. */
  public record DatabaseMembers(String url, String user, String passwordFile) {}

  /** Tokens signed elsewhere; the secret stands in a file of its own. */
  public record JwtMembers(String secretFile, String tenant) {}

  /** What a build gets that asks for nothing, what one may ask for, and all together. */
  public record LimitMembers(
      Optional<BigDecimal> cpus,
      Optional<Long> memoryBytes,
      Optional<Long> diskBytes,
      Optional<Long> inodes,
      Optional<Integer> processes,
      Optional<MostMembers> most,
      Optional<AllMembers> all) {}

  /** What a build may ask for. */
  public record MostMembers(
      Optional<BigDecimal> cpus,
      Optional<Long> memoryBytes,
      Optional<Long> diskBytes,
      Optional<Long> inodes,
      Optional<Integer> processes) {}

  /** All builds together. */
  public record AllMembers(
      Optional<Long> memoryBytes,
      Optional<Long> processes,
      Optional<Integer> weight,
      Optional<Long> cacheMountBytes) {}

  /** Proxies that steps are told. */
  public record ProxyMembers(Optional<String> http, Optional<String> https, Optional<String> no) {}

  private static final long MOST_BYTES = 1 << 20;

  /**
   * Reads the file.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException naming the member that is wrong
   */
  public static ConfigFile read(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new IllegalArgumentException(file + " is above 1 MiB; that is no configuration");
    }
    YAMLMapper yaml =
        YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    try {
      return yaml.readValue(Files.readAllBytes(file), ConfigFile.class);
    } catch (DatabindException e) {
      throw new IllegalArgumentException(
          file + ": " + e.getPathReference() + ": " + e.getOriginalMessage(), e);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(file + " is not valid YAML: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * The configuration that the file makes of the usual one.
   *
   * @param usualData the data directory if the file names none
   */
  public ServerConfig applied(Path usualData) throws IOException {
    ServerConfig usual = ServerConfig.in(data.map(Path::of).orElse(usualData));
    return new ServerConfig(
        usual.data(),
        listen,
        socket.map(Path::of),
        registryHost,
        slots.orElse(usual.slots()),
        longestRunSeconds.map(Duration::ofSeconds).orElse(usual.longestRun()),
        uploadBytes.orElse(usual.uploadBytes()),
        allowAddresses.orElse(List.of()),
        readRegistries(),
        certificates.map(Path::of),
        steps(),
        readDatabase(),
        readJwt(),
        readLimits(),
        runtimes.orElse(List.of()),
        isolation.map(ConfigFile::read).orElse(ServerConfig.Isolation.USUAL),
        collection.map(CollectionMembers::read).orElse(CollectionConfig.USUAL),
        new ServerConfig.Reach(publicAddress, tls.map(ConfigFile::read)),
        readAudit(),
        readMirrors());
  }

  private RegistryConfig readRegistries() {
    Map<String, RegistryConfig.Rule> rules = new HashMap<>();
    registries
        .orElse(Map.of())
        .forEach((host, members) ->
            rules.put(
                host,
                new RegistryConfig.Rule(
                    members.certificates().map(Path::of), members.unchecked().orElse(false))));
    return new RegistryConfig(plainHttp.orElse(List.of()), rules);
  }

  private LimitConfig readLimits() {
    if (limits.isEmpty()) {
      return LimitConfig.OF_THE_MACHINE;
    }
    LimitMembers usual = limits.get();
    var nothing =
        new MostMembers(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    MostMembers most = usual.most().orElse(nothing);
    var all =
        usual
            .all()
            .map(a ->
                new LimitConfig.All(
                    positive("limits.all.memoryBytes", a.memoryBytes()),
                    positive("limits.all.processes", a.processes()),
                    positive("limits.all.weight", a.weight()),
                    positive("limits.all.cacheMountBytes", a.cacheMountBytes())))
            .orElse(LimitConfig.OF_THE_MACHINE.all());
    return new LimitConfig(
        limits(
            "limits.",
            new MostMembers(
                usual.cpus(),
                usual.memoryBytes(),
                usual.diskBytes(),
                usual.inodes(),
                usual.processes())),
        limits("limits.most.", most),
        all);
  }

  private static Limits limits(String prefix, MostMembers members) {
    return new Limits(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        positive(prefix + "cpus", members.cpus()).map(cpus -> cpus.movePointRight(3).intValue()),
        positive(prefix + "memoryBytes", members.memoryBytes()),
        positive(prefix + "diskBytes", members.diskBytes()),
        positive(prefix + "inodes", members.inodes()),
        positive(prefix + "processes", members.processes()),
        Optional.empty());
  }

  private static <N extends Number> Optional<N> positive(String member, Optional<N> value) {
    value
        .filter(number -> number.doubleValue() <= 0)
        .ifPresent(number -> {
          throw new IllegalArgumentException(member + " is a number above 0, not " + number);
        });
    return value;
  }

  private StepConfig steps() {
    return StepConfig.of(
        network,
        allowStepAddresses.orElse(List.of()),
        allowStepNames.orElse(List.of()),
        proxy
            .map(members -> new ProxyVariables(members.http(), members.https(), members.no()))
            .orElse(ProxyVariables.NONE));
  }

  private static ServerConfig.Isolation read(IsolationMembers members) {
    List<String> allow = members.allow().orElse(List.of());
    for (String privilege : allow) {
      if (!List.of("network.host", "security.insecure").contains(privilege)) {
        throw new IllegalArgumentException(
            "isolation.allow holds network.host and security.insecure (devices stand in"
                + " isolation.devices), not: "
                + privilege);
      }
    }
    Map<String, Path> devices = new HashMap<>();
    members
        .devices()
        .orElse(Map.of())
        .forEach((name, path) -> {
          if (!path.startsWith("/dev/")) {
            throw new IllegalArgumentException(
                "isolation.devices." + name + " is a path below /dev, not: " + path);
          }
          devices.put(name, Path.of(path).normalize());
        });
    ThirtyTwoBit thirtyTwoBit =
        switch (members.thirtyTwoBit().orElse("by-step")) {
          case "by-step" -> ThirtyTwoBit.BY_STEP;
          case "always" -> ThirtyTwoBit.ALWAYS;
          default ->
              throw new IllegalArgumentException(
                  "isolation.thirtyTwoBit is by-step or always, not: "
                      + members.thirtyTwoBit().orElse(""));
        };
    return new ServerConfig.Isolation(
        members.minimum().map(ServerConfig.Isolation::rung),
        thirtyTwoBit,
        new Privileges(
            allow.contains("network.host"), allow.contains("security.insecure"), devices));
  }

  private static ServerConfig.Tls read(TlsMembers members) {
    return ServerConfig.Tls.of(
        members.listen(), members.certificate().map(Path::of), members.key().map(Path::of));
  }

  private Optional<ServerConfig.Database> readDatabase() throws IOException {
    if (database.isEmpty()) {
      return Optional.empty();
    }
    DatabaseMembers members = database.get();
    return Optional.of(
        new ServerConfig.Database(
            members.url(), members.user(), secret(Path.of(members.passwordFile()))));
  }

  private AuditSettings readAudit() {
    return audit
        .map(members ->
            new AuditSettings(
                members.anchorFile().map(Path::of),
                members.entries().orElse(AuditSettings.DEFAULT.entries())))
        .orElse(AuditSettings.DEFAULT);
  }

  private List<MirrorSettings> readMirrors() throws IOException {
    List<MirrorSettings> all = new ArrayList<>();
    for (var mirror : mirrors.orElse(Map.of()).entrySet()) {
      all.add(mirror(mirror.getKey(), mirror.getValue()));
    }
    return all;
  }

  private static MirrorSettings mirror(String name, MirrorMembers members) throws IOException {
    if (members.user().isPresent() != members.passwordFile().isPresent()) {
      throw new IllegalArgumentException("mirrors." + name + ": user and passwordFile go together");
    }
    Optional<Credential> login = Optional.empty();
    if (members.user().isPresent()) {
      String password = secret(Path.of(members.passwordFile().orElseThrow())).text();
      login = Optional.of(new Credential.Basic(members.user().get(), password));
    }
    RegistryHost upstream;
    try {
      upstream = RegistryHost.parse(members.upstream().orElse(name));
    } catch (InvalidOciException e) {
      throw new IllegalArgumentException("mirrors." + name + ".upstream: " + e.getMessage(), e);
    }
    return new MirrorSettings(
        name,
        upstream,
        Duration.ofSeconds(members.freshSeconds().orElse(300L)),
        Duration.ofSeconds(members.keepSeconds().orElse(7L * 24 * 3600)),
        login);
  }

  private Optional<ServerConfig.Jwt> readJwt() throws IOException {
    if (jwt.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ServerConfig.Jwt(secret(Path.of(jwt.get().secretFile())), jwt.get().tenant()));
  }

  private static ServerConfig.Secret secret(Path file) throws IOException {
    return new ServerConfig.Secret(Files.readString(file).strip());
  }
}
