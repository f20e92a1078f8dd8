package dev.cairn.app.server;

import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.content.compress.CompressionPool;
import dev.cairn.content.compress.LocalSegmentCache;
import dev.cairn.content.pack.ContextPacks;
import dev.cairn.engine.EngineConfig;
import dev.cairn.engine.EnginePorts;
import dev.cairn.engine.EngineTools;
import dev.cairn.engine.NativeBuilder;
import dev.cairn.oci.http.AddressPolicy;
import dev.cairn.oci.http.FetchSettings;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.http.TlsTrust;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryCredentials;
import dev.cairn.oci.registry.RegistrySettings;
import dev.cairn.publish.Patience;
import dev.cairn.publish.RegistryPublisher;
import dev.cairn.server.PrometheusMetrics;
import dev.cairn.server.SystemDialect;
import dev.cairn.server.cairn.CairnDialect;
import dev.cairn.server.cairn.Feature;
import dev.cairn.server.http.Dialect;
import dev.cairn.server.http.HttpOptions;
import dev.cairn.server.http.HttpServer;
import dev.cairn.server.http.Listener;
import dev.cairn.server.hypeman.HypemanDialect;
import dev.cairn.server.hypeman.HypemanOptions;
import dev.cairn.server.registry.RegistryDialect;
import dev.cairn.service.Mirrors;
import dev.cairn.service.ServiceException;
import dev.cairn.service.assembly.CairnService;
import dev.cairn.source.PackSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole server, put together by hand: what is made here, in this order, is all there is.
 * Closing takes it apart in the opposite order; builds that run are queued again for the next
 * start.
 */
public final class CairnServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CairnServer.class);

  /**
   * The web server announces itself and its features through another logger; ours says enough. Held
   * here because a logger that nobody holds forgets its level.
   */
  private static final java.util.logging.Logger WEB_SERVER =
      java.util.logging.Logger.getLogger("io.helidon");

  /** Compressed pieces of layers kept for the next build: 4 GiB. */
  private static final long SEGMENT_BYTES = 4L << 30;

  /** What this installation offers beyond the basic fields of a request. */
  private static final Set<Feature> OFFERED =
      EnumSet.of(Feature.ADDED_FILES, Feature.DESTINATIONS, Feature.IMAGE_SOURCE, Feature.IMPORT);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CairnService service;

  private CairnServer(ServerConfig config) throws IOException {
    WEB_SERVER.setLevel(java.util.logging.Level.WARNING);
    try {
      service = assemble(config);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts a server; when this returns it accepts requests.
   *
   * @throws IOException if the data directory is in use or a listener cannot be opened
   */
  public static CairnServer start(ServerConfig config) throws IOException {
    return new CairnServer(config);
  }

  /** The service behind the listeners, for a command in the same process. */
  public CairnService service() {
    return service;
  }

  private CairnService assemble(ServerConfig config) throws IOException {
    var metrics = new PrometheusMetrics();
    BlobStore blobs = new LocalBlobStore(config.data().resolve("blobs"));
    MachineLimits limits = Settings.limits(config);
    CairnService made =
        opened(
            new CairnService(
                Settings.service(config, limits),
                blobs,
                Settings.jwt(config),
                Clock.systemUTC(),
                metrics));
    HttpFetcher fetcher = opened(fetcher(config));
    var segments = new LocalSegmentCache(config.data().resolve("segments"), SEGMENT_BYTES);
    RegistrySettings registries = config.registries().settings();
    var registry = new RegistryClient(fetcher, registries, RegistryCredentials.NONE);
    NativeBuilder builder =
        builder(config, limits, made, new Bytes(blobs, segments), registry, fetcher);
    LocalCaches.of(builder, segments).forEach(made.collector()::include);
    builder.sweep();
    keepToOneTenant(config, made, builder);
    made.start(builder, new RegistryPublisher(fetcher, registries, blobs, Patience.USUAL));
    made.startPulls(registry);
    try {
      opened(
          HttpServer.start(
              listeners(config),
              dialects(
                  config, made, blobs, builder, metrics, mirrors(config, made, blobs, fetcher)),
              made.tokens(),
              metrics,
              HttpOptions.DEFAULT));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return made;
  }

  /** Where bytes lie. */
  private record Bytes(BlobStore blobs, LocalSegmentCache segments) {}

  private static void keepToOneTenant(
      ServerConfig config, CairnService service, NativeBuilder builder) throws IOException {
    try {
      service.tenants().keepToOne(Settings.oneTenant(config, builder.isolation()));
    } catch (ServiceException e) {
      throw new IOException(e.getMessage() + "; " + e.remedy(), e);
    }
  }

  private <P extends AutoCloseable> P opened(P part) {
    parts.push(part);
    return part;
  }

  private NativeBuilder builder(
      ServerConfig config,
      MachineLimits limits,
      CairnService service,
      Bytes bytes,
      RegistryClient registry,
      HttpFetcher fetcher)
      throws IOException {
    var ports =
        new EnginePorts(
            new PackSources(packs(config, bytes.blobs()), service.secrets()),
            service.secrets(),
            service.credentials(),
            service.records(),
            service.leases(),
            new OwnImages(service.images(), service.leases(), ownHosts(config)));
    var pool = opened(new CompressionPool(Runtime.getRuntime().availableProcessors()));
    return opened(
        NativeBuilder.open(
            Settings.engine(config, limits, EngineConfig.in(Settings.engineData(config))),
            ports,
            new EngineTools(
                bytes.blobs(),
                pool,
                tenant -> bytes.segments().scope(tenant.value()),
                registry,
                fetcher)));
  }

  private static ContextPacks packs(ServerConfig config, BlobStore blobs) {
    return new ContextPacks(blobs, Settings.archives(config));
  }

  private static HttpFetcher fetcher(ServerConfig config) throws IOException {
    var settings =
        FetchSettings.of(
            config.allowedAddresses().isEmpty()
                ? AddressPolicy.publicOnly()
                : AddressPolicy.allowing(config.allowedAddresses()));
    if (config.certificates().isPresent()) {
      settings =
          settings.withTrust(
              TlsTrust.withAuthorities(Files.readAllBytes(config.certificates().get())));
    }
    return new HttpFetcher(settings);
  }

  /** A mirror that waits for a registry keeps somebody waiting: it tries once more, not thrice. */
  private static Mirrors mirrors(
      ServerConfig config, CairnService service, BlobStore blobs, HttpFetcher fetcher)
      throws IOException {
    RegistrySettings usual = config.registries().settings();
    var settings = new RegistrySettings(usual.hosts(), 2, usual.backoff());
    return service.mirrors(
        config.mirrors(), new RegistryClient(fetcher, settings, RegistryCredentials.NONE), blobs);
  }

  private static Set<String> ownHosts(ServerConfig config) {
    Set<String> hosts = new HashSet<>();
    config.registryHost().ifPresent(hosts::add);
    config.reach().publicHost().ifPresent(hosts::add);
    config
        .tcp()
        .ifPresent(tcp -> {
          hosts.add(tcp);
          hosts.add("localhost:" + Settings.port(tcp));
          hosts.add("127.0.0.1:" + Settings.port(tcp));
        });
    config
        .reach()
        .tls()
        .ifPresent(tls -> {
          hosts.add(tls.listen());
          hosts.add("localhost:" + Settings.port(tls.listen()));
          hosts.add("127.0.0.1:" + Settings.port(tls.listen()));
        });
    return hosts;
  }

  private static List<Listener> listeners(ServerConfig config) throws IOException {
    List<Listener> listeners = new ArrayList<>();
    config
        .tcp()
        .ifPresent(tcp -> listeners.add(new Listener.Tcp(Settings.host(tcp), Settings.port(tcp))));
    config.socket().ifPresent(socket -> listeners.add(new Listener.Unix(socket)));
    if (config.reach().tls().isPresent()) {
      String listen = config.reach().tls().get().listen();
      listeners.add(
          new Listener.Tls(
              Settings.host(listen), Settings.port(listen), ServerCertificate.context(config)));
    }
    return listeners;
  }

  private static List<Dialect> dialects(
      ServerConfig config,
      CairnService service,
      BlobStore blobs,
      NativeBuilder builder,
      PrometheusMetrics metrics,
      Mirrors mirrors) {
    var hypeman =
        new HypemanOptions(
            config.registryHost(),
            HypemanOptions.DEFAULT.shortImageRef(),
            HypemanOptions.DEFAULT.sourceBytes(),
            config.longestRun(),
            HypemanOptions.DEFAULT.heartbeat());
    ContextPacks packs = packs(config, blobs);
    return List.of(
        new CairnDialect(
            new CairnDialect.Building(
                service.builds(),
                service.events(),
                service.contexts(),
                service.blobs(),
                service.images(),
                service.builders(),
                service.namedImages()),
            new CairnDialect.Accounts(
                service.tenants(), service.tokens(), service.tenantSecrets(), service.audit()),
            new CairnDialect.Registries(service.pushes(), service.logins()),
            blobs,
            new CairnDialect.Upkeep(new Installation(builder), service.collector()),
            OFFERED),
        new HypemanDialect(
            new HypemanDialect.Facades(
                service.builds(),
                service.events(),
                service.contexts(),
                service.builders(),
                service.namedImages(),
                service.images(),
                service.pushes()),
            (tenant, pack) -> packs.open(pack),
            hypeman),
        new RegistryDialect(
            new RegistryDialect.Content(
                service.images(), service.repositoryBlobs(), service.referrers()),
            service.tokens(),
            config.reach().publicAddress(),
            mirrors),
        new SystemDialect(metrics));
  }

  /** Takes no more builds and waits so long for those that run. */
  public void drain(Duration patience) throws InterruptedException {
    service.drain(patience);
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        LOG.warn("a part of the server did not close cleanly", e);
      }
    }
  }
}
