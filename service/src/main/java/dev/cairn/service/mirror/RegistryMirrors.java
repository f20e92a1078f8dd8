package dev.cairn.service.mirror;

import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.ManifestDocument;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.oci.registry.FetchedManifest;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryCredentials;
import dev.cairn.oci.registry.RegistryException;
import dev.cairn.service.Mirrors;
import dev.cairn.service.ServiceException;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.mirror.MirrorRows.Known;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mirrors of the registries that the operator names.
 *
 * <ol>
 *   <li>A tag that was not checked lately is asked for by HEAD, without any login: only what
 *       everybody may have is mirrored, and on most registries this does not count as a pull.
 *   <li>A manifest that is new is fetched by its digest, with the operator's login if there is one.
 *   <li>A blob is fetched when it is asked for, if a manifest that was fetched names it.
 *   <li>If the registry cannot be reached, or says that it was asked too often, what is kept is
 *       served.
 * </ol>
 */
public final class RegistryMirrors implements Mirrors {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryMirrors.class);
  private static final Duration SWEEP = Duration.ofHours(1);
  private static final int LOCKS = 256;

  private final Map<String, MirrorSettings> mirrors = new TreeMap<>();
  private final Map<Integer, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final AtomicReference<Instant> swept = new AtomicReference<>(Instant.EPOCH);
  private final RegistryClient anonymous;
  private final BlobStore blobs;
  private final MirrorRows rows;
  private final MirrorBlobs fetches;
  private final Clock clock;

  /** Where mirrors keep what they fetch. */
  public record Places(Store store, BlobStore blobs, DiskReserve disk, Path directory) {}

  /**
   * These mirrors.
   *
   * @param anonymous reaches registries without any login
   */
  public RegistryMirrors(
      Collection<MirrorSettings> settings, RegistryClient anonymous, Places places, Clock clock)
      throws IOException {
    settings.forEach(each -> mirrors.put(each.name(), each));
    this.anonymous = anonymous;
    this.blobs = places.blobs();
    this.rows = new MirrorRows(places.store(), clock);
    this.fetches = new MirrorBlobs(blobs, rows, places.disk(), places.directory());
    this.clock = clock;
  }

  @Override
  public Optional<Place> find(String path, Optional<String> namespace) {
    try {
      int slash = path.indexOf('/');
      if (slash > 0 && mirrors.containsKey(path.substring(0, slash))) {
        return Optional.of(
            new Place(path.substring(0, slash), RepositoryName.parse(path.substring(slash + 1))));
      }
      return namespace
          .filter(mirrors::containsKey)
          .map(name -> new Place(name, RepositoryName.parse(path)));
    } catch (InvalidOciException e) {
      return Optional.empty();
    }
  }

  @Override
  public MirroredManifest manifest(Place place, Tag tag) {
    return manifest(place, tag.value(), upstream(place).withTag(tag));
  }

  @Override
  public MirroredManifest manifest(Place place, Digest digest) {
    return manifest(place, digest.toString(), upstream(place).withDigest(digest));
  }

  private MirrorSettings settings(Place place) {
    MirrorSettings found = mirrors.get(place.mirror());
    if (found == null) {
      throw ServiceException.notFound("mirror");
    }
    return found;
  }

  private Reference upstream(Place place) {
    return Reference.parse(settings(place).upstream() + "/" + place.repository());
  }

  private RegistryClient fetching(Place place) {
    MirrorSettings mirror = settings(place);
    return mirror
        .login()
        .map(login -> anonymous.withCredentials(RegistryCredentials.of(mirror.upstream(), login)))
        .orElse(anonymous);
  }

  /** One at a time asks for one thing; the others then find it. */
  private MirroredManifest manifest(Place place, String key, Reference at) {
    sweep();
    var lock =
        locks.computeIfAbsent(
            Math.floorMod((place + key).hashCode(), LOCKS), number -> new ReentrantLock());
    lock.lock();
    try {
      return current(place, key, at);
    } finally {
      lock.unlock();
    }
  }

  private MirroredManifest current(Place place, String key, Reference at) {
    MirrorSettings mirror = settings(place);
    Optional<MirroredManifest> here =
        rows.manifest(place, key, mirror.kept()).flatMap(known -> kept(known, false));
    boolean asked =
        rows.manifest(place, key, mirror.kept())
            .filter(known -> known.checkedAt().plus(mirror.fresh()).isAfter(clock.instant()))
            .isPresent();
    if (here.isPresent() && (asked || at.digest().isPresent())) {
      return here.get();
    }
    try {
      Descriptor now = anonymous.head(at);
      if (here.isPresent() && here.get().digest().equals(now.digest())) {
        rows.checked(place, key);
        return here.get();
      }
      FetchedManifest fetched = fetching(place).manifest(at.withDigest(now.digest()));
      rows.arriving(place, fetched.descriptor().digest(), mirror.kept());
      byte[] bytes = fetched.bytes();
      if (!blobs.put(bytes).digest().equals(fetched.descriptor().digest())) {
        throw unavailable(place, "the digest of its manifest is no SHA-256");
      }
      rows.store(place, key, fetched, mirror.kept());
      return new MirroredManifest(
          fetched.descriptor().mediaType(), fetched.descriptor().digest(), bytes, false);
    } catch (RegistryException e) {
      return refused(place, key, here, e);
    } catch (IOException e) {
      return stale(place, here, e);
    }
  }

  private MirroredManifest refused(
      Place place, String key, Optional<MirroredManifest> here, RegistryException e) {
    return switch (e.kind()) {
      case NOT_FOUND, UNAUTHORIZED, DENIED -> {
        rows.forget(place, key);
        throw ServiceException.notFound("manifest");
      }
      case UNAVAILABLE -> stale(place, here, e);
      case INVALID, ADDRESS_REFUSED, TOO_LARGE ->
          throw unavailable(place, String.valueOf(e.getMessage()));
    };
  }

  private static MirroredManifest stale(
      Place place, Optional<MirroredManifest> here, IOException e) {
    if (here.isEmpty()) {
      throw unavailable(place, String.valueOf(e.getMessage()));
    }
    LOG.warn("{} is served as it was, because its registry fails: {}", place, e.getMessage());
    return new MirroredManifest(
        here.get().mediaType(), here.get().digest(), here.get().bytes(), true);
  }

  private Optional<MirroredManifest> kept(Known known, boolean stale) {
    try {
      if (!blobs.has(known.digest())) {
        return Optional.empty();
      }
      try (InputStream in = blobs.open(known.digest())) {
        return Optional.of(
            new MirroredManifest(
                known.mediaType(),
                known.digest(),
                in.readNBytes(ManifestDocument.BYTES_LIMIT),
                stale));
      }
    } catch (IOException e) {
      LOG.warn("a mirrored manifest cannot be read and is fetched again", e);
      return Optional.empty();
    }
  }

  @Override
  public Optional<Long> size(Place place, Digest digest) {
    return rows.size(place, digest);
  }

  @Override
  public InputStream open(Place place, Digest digest, long offset) throws InterruptedException {
    long size = size(place, digest).orElseThrow(() -> ServiceException.notFound("blob"));
    var from =
        new MirrorBlobs.From(fetching(place), upstream(place), place, settings(place).kept());
    try {
      return fetches.open(from, digest, size, offset);
    } catch (IOException e) {
      if (e.getCause() instanceof RegistryException refused
          && refused.kind() == RegistryException.Kind.NOT_FOUND) {
        throw ServiceException.notFound("blob");
      }
      throw unavailable(place, String.valueOf(e.getMessage()));
    }
  }

  private static ServiceException unavailable(Place place, String reason) {
    return ServiceException.of(
        ServiceException.Kind.UNAVAILABLE,
        "mirror-unavailable",
        "the registry behind the mirror " + place.mirror() + " cannot serve this: " + reason,
        "try again later");
  }

  private void sweep() {
    Instant before = swept.get();
    Instant now = clock.instant();
    if (before.plus(SWEEP).isBefore(now) && swept.compareAndSet(before, now)) {
      mirrors.values().forEach(each -> rows.sweep(each.name(), each.kept()));
    }
  }
}
