package dev.cairn.service.image;

import dev.cairn.build.TenantId;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Digest;
import dev.cairn.oci.RepositoryName;
import dev.cairn.service.Blobs;
import dev.cairn.service.RepositoryBlobs;
import dev.cairn.service.ServiceException;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Which blobs are in which repository, as rows; the bytes come and go through {@link TenantBlobs}.
 */
public final class RepositoryContent implements RepositoryBlobs {
  /** Repositories that are asked about a blob that is to be mounted from wherever it is. */
  private static final int MOST_SOURCES = 1000;

  private final Store store;
  private final AuditLog audit;
  private final BlobStore blobs;
  private final TenantBlobs uploads;
  private final Clock clock;
  private final Duration seen;

  /**
   * The content of repositories in this store.
   *
   * @param seen how long a blob is kept that somebody has seen
   */
  public RepositoryContent(
      Store store,
      AuditLog audit,
      BlobStore blobs,
      TenantBlobs uploads,
      Clock clock,
      Duration seen) {
    this.store = store;
    this.audit = audit;
    this.blobs = blobs;
    this.uploads = uploads;
    this.clock = clock;
    this.seen = seen;
  }

  /** The right is asked first: whoever lacks it learns nothing from the time the disk takes. */
  @Override
  public Optional<Long> size(TenantId tenant, RepositoryName repository, Digest digest) {
    boolean here =
        store.writeRelaxed(session ->
            RepositoryRows.holds(session, tenant, repository, digest)
                && lease(session, tenant, digest));
    if (!here) {
      return Optional.empty();
    }
    OptionalLong size = stored(digest);
    return size.isPresent() ? Optional.of(size.getAsLong()) : Optional.empty();
  }

  private OptionalLong stored(Digest digest) {
    try {
      return blobs.size(digest);
    } catch (IOException e) {
      throw new UncheckedIOException("the blob store cannot be read", e);
    }
  }

  private boolean lease(Session session, TenantId tenant, Digest digest) throws SQLException {
    return BlobRights.lease(session, "seen:" + tenant, digest, clock.instant(), seen);
  }

  @Override
  public InputStream open(TenantId tenant, RepositoryName repository, Digest digest, long offset) {
    if (size(tenant, repository, digest).isEmpty()) {
      throw ServiceException.notFound("blob");
    }
    return uploads.open(tenant, digest, offset);
  }

  @Override
  public boolean mount(
      TenantId tenant,
      RepositoryName repository,
      Digest digest,
      Optional<RepositoryName> from,
      Predicate<RepositoryName> mayPull) {
    List<RepositoryName> sources =
        store.read(session -> RepositoryRows.holding(session, tenant, digest, MOST_SOURCES));
    if (sources.stream()
            .filter(source -> from.isEmpty() || from.get().equals(source))
            .noneMatch(mayPull)
        || stored(digest).isEmpty()) {
      return false;
    }
    return store.write(session -> {
      if (!BlobRights.has(session, tenant, digest) || !lease(session, tenant, digest)) {
        return false;
      }
      RepositoryRows.add(session, tenant, repository, List.of(digest));
      return true;
    });
  }

  @Override
  public Deletion delete(TenantId tenant, RepositoryName repository, Digest digest) {
    return audit.write(
        Deed.of(Action.BLOB_DELETED, tenant, repository + "@" + digest),
        session -> {
          if (!RepositoryRows.holds(session, tenant, repository, digest)) {
            return Deletion.UNKNOWN;
          }
          if (RepositoryRows.needs(session, tenant, repository, digest)) {
            return Deletion.NEEDED;
          }
          RepositoryRows.remove(session, tenant, repository, digest);
          return Deletion.DELETED;
        },
        done -> done == Deletion.UNKNOWN || done == Deletion.NEEDED ? "nothing" : "done");
  }

  @Override
  public Blobs.Upload begin(TenantId tenant, RepositoryName repository) {
    Blobs.Upload upload = uploads.begin(tenant);
    store.change(session ->
        session.update("UPDATE upload SET repository = ? WHERE id = ?", repository, upload.id()));
    return upload;
  }

  @Override
  public Optional<Blobs.Upload> find(TenantId tenant, RepositoryName repository, String upload) {
    return belongs(tenant, repository, upload) ? uploads.find(tenant, upload) : Optional.empty();
  }

  private boolean belongs(TenantId tenant, RepositoryName repository, String upload) {
    return store.read(session ->
        session.exists(
            "SELECT 1 FROM upload WHERE tenant = ? AND id = ? AND repository = ?",
            tenant,
            upload,
            repository));
  }

  private void require(TenantId tenant, RepositoryName repository, String upload) {
    if (!belongs(tenant, repository, upload)) {
      throw ServiceException.notFound("upload");
    }
  }

  @Override
  public Blobs.Upload append(
      TenantId tenant, RepositoryName repository, String upload, long offset, InputStream bytes) {
    require(tenant, repository, upload);
    return uploads.append(tenant, upload, offset, bytes);
  }

  @Override
  public long finish(TenantId tenant, RepositoryName repository, String upload, Digest expected) {
    require(tenant, repository, upload);
    long size = uploads.finish(tenant, upload, expected);
    store.change(session -> RepositoryRows.add(session, tenant, repository, List.of(expected)));
    return size;
  }

  @Override
  public boolean abort(TenantId tenant, RepositoryName repository, String upload) {
    return belongs(tenant, repository, upload) && uploads.abort(tenant, upload);
  }
}
