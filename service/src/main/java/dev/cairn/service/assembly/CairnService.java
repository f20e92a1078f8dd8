package dev.cairn.service.assembly;

import dev.cairn.build.Builder;
import dev.cairn.build.Publisher;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.service.Metrics;
import dev.cairn.service.Mirrors;
import dev.cairn.service.access.ExchangedTokens;
import dev.cairn.service.access.JwtTokens;
import dev.cairn.service.access.TenantTable;
import dev.cairn.service.access.TokenTable;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditAnchor;
import dev.cairn.service.audit.AuditFiles;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.audit.RefusedLogins;
import dev.cairn.service.backup.Backup;
import dev.cairn.service.backup.DatabaseCopy;
import dev.cairn.service.backup.Restore;
import dev.cairn.service.builder.BuilderTable;
import dev.cairn.service.builder.BuilderUpkeep;
import dev.cairn.service.collection.Collector;
import dev.cairn.service.collection.DiskRoom;
import dev.cairn.service.collection.Maintenance;
import dev.cairn.service.context.TenantContexts;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.image.BuildImages;
import dev.cairn.service.image.ImageTable;
import dev.cairn.service.image.LeaseTable;
import dev.cairn.service.image.RecordTable;
import dev.cairn.service.image.ReferrerTable;
import dev.cairn.service.image.RepositoryContent;
import dev.cairn.service.image.ScopeRecords;
import dev.cairn.service.image.TenantBlobs;
import dev.cairn.service.log.LogDirectory;
import dev.cairn.service.mirror.MirrorSettings;
import dev.cairn.service.mirror.RegistryMirrors;
import dev.cairn.service.pull.PullTable;
import dev.cairn.service.push.PushRunner;
import dev.cairn.service.push.PushTable;
import dev.cairn.service.push.RegistryMemory;
import dev.cairn.service.push.SentLogins;
import dev.cairn.service.queue.BuildQueue;
import dev.cairn.service.queue.EventReader;
import dev.cairn.service.queue.QueueSettings;
import dev.cairn.service.secret.BuildCredentials;
import dev.cairn.service.secret.BuildSecrets;
import dev.cairn.service.secret.SealingKey;
import dev.cairn.service.secret.SentValues;
import dev.cairn.service.secret.StoredLogins;
import dev.cairn.service.secret.StoredSecrets;
import dev.cairn.service.store.OwnerOnly;
import dev.cairn.service.store.PostgresStore;
import dev.cairn.service.store.SqliteStore;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The whole service. First it is opened, and gives the ports that a {@link Builder} needs; then,
 * with a builder, it is started. Closing stops what runs and queues it again.
 */
public final class CairnService implements AutoCloseable {
  private static final int PUSHES_AT_ONCE = 8;

  private final Path data;
  private final Clock clock;
  private final Optional<FileChannel> lock;
  private final Store store;
  private final DiskReserve disk;
  private final LogDirectory logs;
  private final AuditLog audit;
  private final Optional<AuditAnchor> anchor;
  private final TenantTable tenants;
  private final TokenTable tokens;
  private final StoredSecrets tenantSecrets;
  private final StoredLogins logins;
  private final BuildCredentials credentials;
  private final SentLogins sentLogins;
  private final RegistryMemory registryMemory;
  private final PushTable pushes;
  private final QueueSettings queue;
  private final BuildSecrets secrets;
  private final BuildQueue builds;
  private final EventReader events;
  private final TenantBlobs blobs;
  private final RepositoryContent repositoryBlobs;
  private final ImageTable images;
  private final ReferrerTable referrers;
  private final BuildImages results;
  private final LeaseTable leases;
  private final RecordTable records;
  private final TenantContexts contexts;
  private final Collector collector;
  private final Maintenance maintenance;
  private final BuilderUpkeep builderUpkeep;
  private final BuilderTable builders;
  private final PullTable named;

  /**
   * Opens everything; nothing runs yet.
   *
   * @param jwt tokens signed elsewhere, if the operator wants them
   * @throws IOException if the data directory is in use by another server or cannot be used
   */
  public CairnService(
      ServiceSettings settings,
      BlobStore blobStore,
      Optional<JwtTokens> jwt,
      Clock clock,
      Metrics metrics)
      throws IOException {
    this.data = OwnerOnly.directories(settings.data());
    this.clock = clock;
    if (Files.exists(data.resolve(Restore.INCOMPLETE))) {
      throw new IOException(
          data + " was not restored to its end; empty it and run cairn restore again");
    }
    lock = settings.server() ? Optional.of(lock(data)) : Optional.empty();
    store =
        settings.postgres().isPresent()
            ? postgres(settings.postgres().get(), metrics)
            : new SqliteStore(data.resolve("cairn.db"), settings.server(), metrics);
    disk = new DiskReserve(data, settings.upkeep().reserve());
    SealingKey key = SealingKey.open(data.resolve("secrets.key"));
    var sent = new SentValues(settings.memory());
    logs = new LogDirectory(data.resolve("logs"), clock, metrics);
    audit = new AuditLog(store, new AuditFiles(data.resolve("audit")), clock);
    var refused = new RefusedLogins(audit, clock);
    tenants = new TenantTable(store, audit, settings.tenants(), clock);
    tokens =
        new TokenTable(
            store, audit, refused, jwt, new ExchangedTokens(new TokenSeal(key), clock), clock);
    tenantSecrets = new StoredSecrets(store, audit, key, clock);
    secrets = new BuildSecrets(tenantSecrets, sent, key);
    logins = new StoredLogins(store, audit, key, clock);
    credentials = new BuildCredentials(secrets, logins);
    sentLogins = new SentLogins(sent);
    registryMemory = new RegistryMemory(store, key, clock);
    pushes = new PushTable(store, audit, blobStore, sentLogins, clock);
    queue = settings.queue();
    builds = new BuildQueue(store, audit, logs, sent, disk, settings.queue(), clock, metrics);
    events = new EventReader(store, logs);
    leases = new LeaseTable(store, clock);
    Duration grace = settings.retention().grace();
    blobs = new TenantBlobs(store, audit, blobStore, disk, clock, metrics, grace);
    repositoryBlobs = new RepositoryContent(store, audit, blobStore, blobs, clock, grace);
    images = new ImageTable(store, audit, blobStore, clock, grace);
    referrers = new ReferrerTable(store, blobStore);
    results = new BuildImages(blobStore, audit, clock, settings.retention().results());
    records = new RecordTable(store, blobStore, clock);
    contexts =
        new TenantContexts(store, audit, blobStore, blobs, settings.contexts(), disk, clock, grace);
    collector =
        new Collector(store, audit, blobStore, leases, logs, settings.retention(), clock, metrics);
    maintenance =
        new Maintenance(
            collector,
            settings.upkeep().interval(),
            new DiskRoom(disk::free, settings.upkeep().room().orElseGet(disk::usualRoom)),
            metrics);
    builderUpkeep = new BuilderUpkeep(store, new ScopeRecords(store, blobStore), clock);
    builders = new BuilderTable(store, audit, clock, builderUpkeep);
    named = new PullTable(store, audit, images, blobStore, disk, clock);
    if (settings.server()) {
      sent.sweep(id ->
          store.read(session ->
              session.exists("SELECT 1 FROM build WHERE id = ? AND ended = 0", id)
                  || session.exists("SELECT 1 FROM push WHERE id = ? AND ended = 0", id)));
    }
    anchor =
        settings.server() ? Optional.of(anchor(settings, data, refused, clock)) : Optional.empty();
  }

  private AuditAnchor anchor(
      ServiceSettings settings, Path data, RefusedLogins refused, Clock clock) throws IOException {
    var asked = settings.upkeep().audit();
    return new AuditAnchor(
        audit,
        asked.anchor().orElse(data.resolve("audit.anchor")),
        clock,
        () -> {
          refused.flush();
          audit.file(asked.entries());
        });
  }

  private static Store postgres(ServiceSettings.Postgres to, Metrics metrics) {
    return new PostgresStore(to.url(), to.user(), to.password(), to.connections(), metrics);
  }

  /** One server per data directory; the kernel lets go of the lock when the process dies. */
  private static FileChannel lock(Path data) throws IOException {
    FileChannel channel =
        FileChannel.open(
            data.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock held = channel.tryLock();
      if (held != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new IOException("this process serves the data directory " + data + " already", e);
    }
    channel.close();
    throw new IOException(
        "another server uses the data directory "
            + data
            + "; stop it or choose another with --data");
  }

  /** Takes up what a dead process left and begins to run builds. */
  public void start(Builder builder, Publisher publisher) {
    builds.start(
        builder,
        new BuildQueue.Publishing(publisher, credentials, registryMemory),
        secrets,
        results);
    pushes.start(
        publisher,
        new PushRunner(
            store,
            clock,
            new PushRunner.Settings(PUSHES_AT_ONCE, queue.lease(), queue.push()),
            publisher,
            credentials,
            sentLogins,
            registryMemory));
    maintenance.start();
    builderUpkeep.start(builder);
    audit.note(Deed.of(Action.SERVER_STARTED, builder.name()));
  }

  /** Takes up the pulls of images that a dead process left, and begins to pull. */
  public void startPulls(RegistryClient client) {
    named.start(client);
  }

  /** Builds. */
  public BuildQueue builds() {
    return builds;
  }

  /** Event logs. */
  public EventReader events() {
    return events;
  }

  /** Who did what. */
  public AuditLog audit() {
    return audit;
  }

  /** Tenants. */
  public TenantTable tenants() {
    return tenants;
  }

  /** Tokens. */
  public TokenTable tokens() {
    return tokens;
  }

  /** The tenants' stored secrets. */
  public StoredSecrets tenantSecrets() {
    return tenantSecrets;
  }

  /** The tenants' stored logins for registries. */
  public StoredLogins logins() {
    return logins;
  }

  /** The logins that builds use, for a builder. */
  public BuildCredentials credentials() {
    return credentials;
  }

  /** Pushes to registries elsewhere. */
  public PushTable pushes() {
    return pushes;
  }

  /** The secrets of running builds, for a builder. */
  public BuildSecrets secrets() {
    return secrets;
  }

  /** Blobs and uploads by tenant. */
  public TenantBlobs blobs() {
    return blobs;
  }

  /** Blobs and uploads by repository of our own registry. */
  public RepositoryContent repositoryBlobs() {
    return repositoryBlobs;
  }

  /** Manifests that are about others. */
  public ReferrerTable referrers() {
    return referrers;
  }

  /** Names and manifests of our own registry. */
  public ImageTable images() {
    return images;
  }

  /** Leases and rights, for a builder. */
  public LeaseTable leases() {
    return leases;
  }

  /** Cache records, for a builder. */
  public RecordTable records() {
    return records;
  }

  /** Named builders. */
  public BuilderTable builders() {
    return builders;
  }

  /** Images by name. */
  public PullTable namedImages() {
    return named;
  }

  /** Contexts on their way in. */
  public TenantContexts contexts() {
    return contexts;
  }

  /** Retention and the collection of blobs. */
  public Collector collector() {
    return collector;
  }

  /**
   * Mirrors of other registries.
   *
   * @param anonymous reaches them without any login
   * @throws IOException if the directory for what is being fetched cannot be used
   */
  public Mirrors mirrors(
      List<MirrorSettings> mirrors, RegistryClient anonymous, BlobStore blobStore)
      throws IOException {
    return mirrors.isEmpty()
        ? Mirrors.NONE
        : new RegistryMirrors(
            mirrors,
            anonymous,
            new RegistryMirrors.Places(store, blobStore, disk, data.resolve("mirror")),
            clock);
  }

  /**
   * Backups of this installation.
   *
   * @param files the same blob store as the service's
   */
  public Backup backup(LocalBlobStore files) {
    return new Backup(store, audit, leases, files, data, clock);
  }

  /** Copies the database, if it is the file in the data directory. */
  public Optional<DatabaseCopy> databaseCopy() {
    return store instanceof SqliteStore sqlite
        ? Optional.of(directory -> {
          sqlite.copyTo(directory.resolve(Backup.SQLITE));
          return Backup.SQLITE;
        })
        : Optional.empty();
  }

  /** Takes no more builds and waits so long for what runs; the rest is queued again. */
  public void drain(Duration patience) throws InterruptedException {
    builds.drain(patience);
  }

  @Override
  public void close() throws IOException {
    try {
      maintenance.close();
      builderUpkeep.close();
      named.close();
      pushes.stop();
      builds.drain(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      logs.close();
      anchor.ifPresent(AuditAnchor::close);
      store.close();
      if (lock.isPresent()) {
        lock.get().close();
      }
    }
  }
}
