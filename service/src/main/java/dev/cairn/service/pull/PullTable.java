package dev.cairn.service.pull;

import dev.cairn.build.TenantId;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Digest;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryException;
import dev.cairn.service.Images;
import dev.cairn.service.NamedImages;
import dev.cairn.service.Page;
import dev.cairn.service.ServiceException;
import dev.cairn.service.access.TenantTable;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.image.PulledBlobs;
import dev.cairn.service.image.Untagging;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The tenants' images by name in the database. */
public final class PullTable implements NamedImages, AutoCloseable {
  /** How long the caller waits for what the registry says; the clients give up after 60 s. */
  private static final long PATIENCE_SECONDS = 15;

  /** How many callers at once have registries asked for them; beyond, the background asks. */
  private static final int QUESTIONS = 32;

  private final Store store;
  private final AuditLog audit;
  private final Images images;
  private final ImageDetails details;
  private final DiskReserve disk;
  private final Clock clock;
  private final PullQueue queue;
  private final ImageFetch fetch;
  private final Semaphore questions = new Semaphore(QUESTIONS);
  private volatile @Nullable ImagePuller puller;

  /** Images in this store. Nothing is pulled before {@link #start}. */
  public PullTable(
      Store store, AuditLog audit, Images images, BlobStore blobs, DiskReserve disk, Clock clock) {
    this.store = store;
    this.audit = audit;
    this.images = images;
    this.details = new ImageDetails(blobs);
    this.disk = disk;
    this.clock = clock;
    this.queue = new PullQueue(store, clock);
    this.fetch = new ImageFetch(blobs, new PulledBlobs(store, clock), disk);
  }

  /** Takes up what a dead process left, and begins to pull with this client. */
  public void start(RegistryClient client) {
    var started = new ImagePuller(store, clock, queue, fetch, client);
    started.start();
    puller = started;
  }

  @Override
  public NamedImage pull(TenantId tenant, Pull wish) {
    ImagePuller running = puller;
    if (running == null) {
      throw ServiceException.of(
          ServiceException.Kind.UNSUPPORTED,
          "pulls-not-offered",
          "this installation pulls no images",
          "push the image here instead");
    }
    Optional<NamedImage> known = store.read(session -> known(session, tenant, wish));
    if (known.isPresent()) {
      return known.get();
    }
    disk.requireReserve();
    Optional<Digest> digest = Optional.empty();
    if (questions.tryAcquire()) {
      try {
        digest = resolve(running, wish);
      } finally {
        questions.release();
      }
    }
    return begin(running, tenant, wish, digest);
  }

  private NamedImage begin(
      ImagePuller running, TenantId tenant, Pull wish, Optional<Digest> digest) {
    String id = UUID.randomUUID().toString();
    running.keep(id, wish);
    try {
      NamedImage begun =
          audit.write(
              Deed.of(Action.IMAGE_PULLED, tenant, wish.name() + " from " + wish.source()),
              session -> {
                TenantTable.lock(session, tenant);
                Optional<NamedImage> meanwhile = known(session, tenant, wish);
                if (meanwhile.isEmpty()) {
                  meanwhile = same(session, tenant, wish, digest);
                }
                if (meanwhile.isPresent()) {
                  return meanwhile.get();
                }
                PullRows.requireRoom(session, tenant);
                PullRows.insert(
                    session,
                    tenant,
                    id,
                    wish,
                    digest,
                    wish.login().map(_ -> queue.owner()),
                    clock.instant(),
                    queue.leased());
                return PullRows.find(session, tenant, wish.name()).orElseThrow();
              });
      running.wake();
      return begun;
    } catch (RuntimeException e) {
      running.stop(id);
      throw e;
    }
  }

  /**
   * The pull of the same wish if it has not ended.
   *
   * @throws ServiceException if the name stands for something that was not pulled
   */
  private static Optional<NamedImage> known(Session session, TenantId tenant, Pull wish)
      throws SQLException {
    Optional<NamedImage> found = PullRows.find(session, tenant, wish.name());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    NamedImage image = found.get();
    if (image.source().isEmpty()) {
      throw ServiceException.of(
          ServiceException.Kind.CONFLICT,
          "name-taken",
          "the name " + wish.name() + " stands for an image of yours that was not pulled",
          "delete that name first, or pull under another one");
    }
    boolean open = image.state() == State.PENDING || image.state() == State.PULLING;
    return found.filter(_ ->
        open
            && image.source().equals(Optional.of(wish.source()))
            && image.platform().equals(Optional.of(wish.platform()))
            && wish.login().isEmpty());
  }

  /** What was pulled for this wish before, if the name means the same image still. */
  private static Optional<NamedImage> same(
      Session session, TenantId tenant, Pull wish, Optional<Digest> digest) throws SQLException {
    return PullRows.find(session, tenant, wish.name())
        .filter(image ->
            image.state() == State.READY
                && digest.isPresent()
                && image.digest().equals(digest)
                && image.source().equals(Optional.of(wish.source()))
                && image.platform().equals(Optional.of(wish.platform()))
                && image.labels().equals(wish.labels()));
  }

  /** What the registry says the name means, if it says so soon. */
  private static Optional<Digest> resolve(ImagePuller puller, Pull wish) {
    var asked =
        new FutureTask<>(() ->
            puller.client(wish.source(), wish.login()).resolve(wish.source(), wish.platform()));
    Thread asking = Thread.ofVirtual().name("resolve").start(asked);
    try {
      return Optional.of(asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS).descriptor().digest());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RegistryException refused) {
        Failure.refusal(refused)
            .ifPresent(refusal -> {
              throw refusal;
            });
        return Optional.empty();
      }
      if (e.getCause() instanceof IOException) {
        return Optional.empty();
      }
      throw new IllegalStateException("the registry could not be asked", e);
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      asking.interrupt();
    }
  }

  @Override
  public Optional<NamedImage> find(TenantId tenant, Name name) {
    Optional<NamedImage> found = store.read(session -> PullRows.find(session, tenant, name));
    if (found.isPresent() || !name.isDigest()) {
      return found;
    }
    return images
        .resolve(tenant, name.repository(), Digest.parse(name.version()))
        .map(manifest ->
            new NamedImage(
                name,
                Optional.empty(),
                State.READY,
                Optional.of(manifest.digest()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                manifest.pushedAt()));
  }

  @Override
  public Optional<Name> byDigest(TenantId tenant, Digest digest) {
    return store.read(session ->
        session.one(
            """
            SELECT repository FROM manifest WHERE tenant = ? AND digest = ?
            ORDER BY repository LIMIT 1
            """,
            row -> new Name(new RepositoryName(row.text("repository")), digest.toString()),
            tenant,
            digest));
  }

  @Override
  public Page<NamedImage> list(
      TenantId tenant, Optional<RepositoryName> repository, Optional<String> after, int most) {
    List<NamedImage> found =
        store.read(session -> PullRows.list(session, tenant, repository, after.orElse(""), most));
    return found.size() > most
        ? new Page<>(found.subList(0, most), Optional.of(PullRows.key(found.get(most - 1).name())))
        : new Page<>(found, Optional.empty());
  }

  @Override
  public Optional<Details> details(TenantId tenant, NamedImage image) {
    return image
        .digest()
        .filter(_ -> image.state() == State.READY)
        .flatMap(digest -> images.resolve(tenant, image.name().repository(), digest))
        .flatMap(manifest -> details.of(manifest, image.platform()));
  }

  @Override
  public boolean delete(TenantId tenant, Name name) {
    record Gone(Optional<String> pull, boolean tag) {}
    Store.Work<Gone> work =
        session -> {
          Optional<String> pull =
              session.one(
                  """
                  SELECT id FROM image_pull WHERE tenant = ? AND repository = ? AND version = ?
                  """,
                  row -> row.text("id"),
                  tenant,
                  name.repository(),
                  name.version());
          PullRows.delete(session, tenant, name);
          return new Gone(
              pull,
              !name.isDigest()
                  && Untagging.remove(
                      session, tenant, name.repository(), Tag.parse(name.version())));
        };
    // The deed on a digest is the manifest's, below.
    Gone gone =
        name.isDigest()
            ? store.write(work)
            : audit.write(
                Deed.of(Action.TAG_DELETED, tenant, name.repository() + ":" + name.version()),
                work,
                done -> done.tag() || done.pull().isPresent() ? "done" : "nothing");
    ImagePuller running = puller;
    if (running != null) {
      gone.pull().ifPresent(running::stop);
    }
    boolean manifest =
        name.isDigest()
            && images.deleteManifest(tenant, name.repository(), Digest.parse(name.version()));
    return manifest || gone.tag() || gone.pull().isPresent();
  }

  @Override
  public void close() {
    ImagePuller running = puller;
    if (running != null) {
      running.close();
    }
  }
}
