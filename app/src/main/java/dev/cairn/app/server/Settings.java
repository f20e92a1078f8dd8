package dev.cairn.app.server;

import dev.cairn.build.TenantId;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.engine.EngineConfig;
import dev.cairn.engine.run.CommandSurroundings;
import dev.cairn.linux.namespace.Standing;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.linux.sandbox.SandboxSettings;
import dev.cairn.service.access.JwtTokens;
import dev.cairn.service.assembly.ServiceSettings;
import dev.cairn.service.queue.QueueSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** The operator's configuration as the settings of each room. */
final class Settings {
  private static final Path MEMORY = Path.of("/dev/shm");

  private Settings() {}

  /** What the service needs to know, for a server. */
  static ServiceSettings service(ServerConfig config, MachineLimits limits) {
    ServiceSettings usual = ServiceSettings.of(config.data(), memory(config.data()));
    QueueSettings queue = QueueSettings.DEFAULT;
    return new ServiceSettings(
        usual.data(),
        usual.memory(),
        config
            .database()
            .map(database ->
                new ServiceSettings.Postgres(
                    database.url(), database.user(), database.password().text(), 8)),
        new QueueSettings(
            config.slots(),
            queue.lease(),
            queue.attempts(),
            queue.queue(),
            queue.run(),
            config.longestRun(),
            queue.push(),
            limits.builds()),
        usual.tenants(),
        archives(config),
        config.collection().retention(),
        new ServiceSettings.Upkeep(
            config.collection().interval(),
            usual.upkeep().reserve(),
            config.collection().freeBytes(),
            config.audit()),
        true);
  }

  /** What builds may take of this machine. */
  static MachineLimits limits(ServerConfig config) throws IOException {
    var limits =
        MachineLimits.of(
            config.limits(), config.slots(), MachineLimits.Machine.probe(config.data()));
    return Standing.own().isRoot() ? limits : limits.withoutGroups(config.limits());
  }

  /** The limits of contexts. */
  static ArchiveLimits archives(ServerConfig config) {
    return ArchiveLimits.DEFAULT.withBytes(config.uploadBytes());
  }

  /**
   * The engine's directory. What one kind of service unpacks is of no use to another, and a user
   * who has lost his subordinate numbers could not even remove it.
   */
  static Path engineData(ServerConfig config) {
    return config
        .data()
        .resolve(
            switch (Standing.own().kind()) {
              case ROOT -> "engine";
              case RANGE -> "engine-rootless";
              case SINGLE_IDENTITY -> "engine-single-id";
            });
  }

  /** How the engine builds. */
  static EngineConfig engine(ServerConfig config, MachineLimits limits, EngineConfig usual) {
    // Two servers on one machine sweep only what is their own.
    EngineConfig engine =
        usual
            .withPrefix("cairn-" + Integer.toHexString(config.data().toString().hashCode()))
            .withShare(limits.share(), limits.cacheMountBytes())
            .with(
                new CommandSurroundings(
                    config.steps().commands(), config.certificates(), config.steps().proxies()));
    if (!config.runtimes().isEmpty()) {
      engine = engine.withRuntimes(config.runtimes());
    }
    return engine
        .withPrivileges(config.isolation().privileges())
        .with(
            engine
                .sandbox()
                .withThirtyTwoBit(config.isolation().thirtyTwoBit())
                .withRungs(
                    config
                        .isolation()
                        .minimum()
                        .map(SandboxSettings.Rungs::from)
                        .orElse(SandboxSettings.Rungs.ANY)));
  }

  /**
   * Why this installation may have one tenant only: strangers on the same machine identity can be
   * separated by nothing but their good will. An operator who names a lower minimum has decided;
   * the machine's own network is for one tenant in any case.
   */
  static Optional<String> oneTenant(ServerConfig config, IsolationRung rung) {
    if (config.steps().network() == StepConfig.Network.HOST) {
      return Optional.of(
          "steps have this machine's own network (network: host), which only one tenant may have");
    }
    if (rung.isAtLeast(IsolationRung.USER_NAMESPACE) || config.isolation().minimum().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        "steps are shut in no better than %s here, and several tenants need at least %s"
            .formatted(rung.text(), IsolationRung.USER_NAMESPACE.text()));
  }

  static Optional<JwtTokens> jwt(ServerConfig config) {
    return config
        .jwt()
        .map(jwt ->
            new JwtTokens(
                jwt.secret().text().getBytes(StandardCharsets.UTF_8),
                new TenantId(jwt.tenant()),
                Clock.systemUTC()));
  }

  /**
   * Where values sent with a request are sealed: on a memory file system, so that they die with the
   * machine; without one, below the data directory's parent on whatever there is.
   */
  static Path memory(Path data) {
    String name = "cairn-" + Integer.toHexString(data.toAbsolutePath().normalize().hashCode());
    Path root = Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    return root.resolve(name);
  }

  /** The host of {@code HOST:PORT}; brackets of an IPv6 address are dropped. */
  static String host(String address) {
    String host = address.substring(0, colon(address));
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** The port of {@code HOST:PORT}. */
  static int port(String address) {
    int port;
    try {
      port = Integer.parseInt(address.substring(colon(address) + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "listen: HOST:PORT has a port from 0 to 65535, not: " + address, e);
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("listen: a port is 0 to 65535, not " + port);
    }
    return port;
  }

  private static int colon(String address) {
    int colon = address.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("listen: HOST:PORT is expected, not: " + address);
    }
    return colon;
  }
}
