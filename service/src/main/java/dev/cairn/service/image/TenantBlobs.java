package dev.cairn.service.image;

import dev.cairn.build.TenantId;
import dev.cairn.content.LimitExceededException;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.blob.DigestMismatchException;
import dev.cairn.oci.Digest;
import dev.cairn.service.Blobs;
import dev.cairn.service.Metrics;
import dev.cairn.service.ServiceException;
import dev.cairn.service.access.TenantTable;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A tenant's view of the blob store. */
public final class TenantBlobs implements Blobs {
  private final Store store;
  private final AuditLog audit;
  private final BlobStore blobs;
  private final DiskReserve disk;
  private final Clock clock;
  private final Metrics metrics;
  private final Duration seen;
  private final Set<String> writing = ConcurrentHashMap.newKeySet();

  /**
   * Views of this blob store.
   *
   * @param seen how long a tenant that was told of a blob may count on it
   */
  public TenantBlobs(
      Store store,
      AuditLog audit,
      BlobStore blobs,
      DiskReserve disk,
      Clock clock,
      Metrics metrics,
      Duration seen) {
    this.audit = audit;
    this.seen = seen;
    this.disk = disk;
    this.store = store;
    this.blobs = blobs;
    this.clock = clock;
    this.metrics = metrics;
  }

  @Override
  public Optional<Long> size(TenantId tenant, Digest digest) {
    // The answer no takes the same way, whether others have the blob or nobody: the disk is asked
    // only for those who have a right.
    if (!held(tenant, digest)) {
      return Optional.empty();
    }
    try {
      OptionalLong size = blobs.size(digest);
      return size.isPresent() ? Optional.of(size.getAsLong()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("the blob store cannot be read", e);
    }
  }

  /** Whether the tenant has the right to it, and holds it now. */
  private boolean held(TenantId tenant, Digest digest) {
    String owner = "seen:" + tenant;
    enum Standing {
      NONE,
      SHORT,
      LONG
    }
    Standing standing =
        store.read(session -> {
          if (!BlobRights.has(session, tenant, digest)) {
            return Standing.NONE;
          }
          return BlobRights.holds(session, owner, digest, clock.instant(), seen)
              ? Standing.LONG
              : Standing.SHORT;
        });
    return switch (standing) {
      case NONE -> false;
      case LONG -> true;
      case SHORT ->
          store.writeRelaxed(session ->
              BlobRights.has(session, tenant, digest)
                  && BlobRights.lease(session, owner, digest, clock.instant(), seen));
    };
  }

  @Override
  public InputStream open(TenantId tenant, Digest digest, long offset) {
    long size = size(tenant, digest).orElseThrow(() -> ServiceException.notFound("blob"));
    if (offset < 0 || offset > size) {
      throw ServiceException.invalid(
          "range-invalid", "the blob has " + size + " bytes", "ask for a range inside");
    }
    try {
      var channel = blobs.channel(digest);
      channel.position(offset);
      return Channels.newInputStream(channel);
    } catch (IOException e) {
      throw new UncheckedIOException("the blob cannot be read", e);
    }
  }

  @Override
  public Upload begin(TenantId tenant) {
    return begin(tenant, Optional.empty());
  }

  private Upload begin(TenantId tenant, Optional<Digest> target) {
    disk.requireReserve();
    try (var upload = blobs.beginUpload()) {
      store.change(session -> {
        int most = TenantTable.lock(session, tenant).uploads();
        if (session.count("SELECT count(*) AS n FROM upload WHERE tenant = ?", tenant) >= most) {
          throw ServiceException.of(
              ServiceException.Kind.QUOTA,
              "uploads-quota",
              "the tenant has " + most + " unfinished uploads, as many as it may",
              "finish or abort some");
        }
        session.update(
            "INSERT INTO upload (id, tenant, target, begun_at, touched_at) VALUES (?, ?, ?, ?,"
                + " ?)",
            upload.id(),
            tenant,
            target,
            clock.instant(),
            clock.instant());
      });
      return new Upload(upload.id(), 0);
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  @Override
  public Upload beginOrResume(TenantId tenant, Digest digest) {
    Optional<String> known =
        store.read(session ->
            session.one(
                "SELECT id FROM upload WHERE tenant = ? AND target = ? ORDER BY touched_at"
                    + " DESC",
                row -> row.text("id"),
                tenant,
                digest));
    return known
        .flatMap(id -> find(tenant, id))
        .orElseGet(() -> begin(tenant, Optional.of(digest)));
  }

  @Override
  public Optional<Upload> find(TenantId tenant, String id) {
    if (!owns(tenant, id)) {
      return Optional.empty();
    }
    try {
      var upload = blobs.upload(id);
      if (upload.isEmpty()) {
        return Optional.empty();
      }
      try (var found = upload.get()) {
        return Optional.of(new Upload(id, found.offset()));
      }
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private boolean owns(TenantId tenant, String id) {
    return store.read(
        session -> session.exists("SELECT 1 FROM upload WHERE tenant = ? AND id = ?", tenant, id));
  }

  @Override
  public Upload append(TenantId tenant, String id, long offset, InputStream bytes) {
    long most = store.read(session -> TenantTable.limits(session, tenant).uploadBytes());
    return alone(
        tenant,
        id,
        upload -> {
          if (upload.offset() != offset) {
            throw ServiceException.of(
                ServiceException.Kind.CONFLICT,
                "upload-offset",
                "the upload stands at " + upload.offset() + ", not at " + offset,
                "go on from there");
          }
          long end = append(upload, bytes, most);
          metrics.record(Metrics.Measure.UPLOAD_BYTES, (double) (end - offset));
          store.changeRelaxed(session ->
              session.update("UPDATE upload SET touched_at = ? WHERE id = ?", clock.instant(), id));
          return new Upload(id, end);
        });
  }

  /** If the disk is full, the upload gives back what it took of it. */
  private long append(dev.cairn.content.blob.Upload upload, InputStream bytes, long most)
      throws IOException {
    try {
      return upload.append(disk.guard(bytes), most);
    } catch (IOException | ServiceException e) {
      if (!(e instanceof ServiceException) && !DiskReserve.isFull(e)) {
        throw e;
      }
      upload.cancel();
      store.change(session -> session.update("DELETE FROM upload WHERE id = ?", upload.id()));
      throw DiskReserve.full();
    }
  }

  @Override
  public long finish(TenantId tenant, String id, Digest expected) {
    return alone(
        tenant,
        id,
        upload -> {
          // Held before it appears, so that collection cannot take it in between.
          store.change(session ->
              BlobRights.lease(session, "seen:" + tenant, expected, clock.instant(), seen));
          try {
            long size = upload.commit(expected).size();
            audit.write(
                Deed.of(Action.BLOB_UPLOADED, tenant, expected),
                session -> {
                  BlobRights.arrived(session, "seen:" + tenant, expected, clock.instant(), seen);
                  BlobRights.grant(session, tenant, List.of(expected), clock.instant());
                  return session.update("DELETE FROM upload WHERE id = ?", id);
                });
            return size;
          } catch (DigestMismatchException e) {
            store.change(session -> session.update("DELETE FROM upload WHERE id = ?", id));
            throw ServiceException.invalid(
                "digest-mismatch", String.valueOf(e.getMessage()), "upload the blob again");
          }
        });
  }

  @Override
  public boolean abort(TenantId tenant, String id) {
    if (!owns(tenant, id)) {
      return false;
    }
    return alone(
        tenant,
        id,
        upload -> {
          audit.change(
              Deed.of(Action.UPLOAD_ABORTED, tenant, id),
              session -> session.update("DELETE FROM upload WHERE id = ?", id) == 1);
          upload.cancel();
          return true;
        });
  }

  private interface UploadWork<T> {
    T with(dev.cairn.content.blob.Upload upload) throws IOException;
  }

  /** One writer per upload. */
  private <T> T alone(TenantId tenant, String id, UploadWork<T> work) {
    if (!owns(tenant, id)) {
      throw ServiceException.notFound("upload");
    }
    if (!writing.add(id)) {
      throw ServiceException.of(
          ServiceException.Kind.CONFLICT,
          "upload-busy",
          "another request writes to this upload",
          "wait for its end");
    }
    try (var upload = blobs.upload(id).orElseThrow(() -> ServiceException.notFound("upload"))) {
      return work.with(upload);
    } catch (LimitExceededException e) {
      throw ServiceException.of(
          ServiceException.Kind.TOO_LARGE,
          "upload-too-large",
          String.valueOf(e.getMessage()),
          "upload less");
    } catch (IOException e) {
      throw unavailable(e);
    } finally {
      writing.remove(id);
    }
  }

  private static ServiceException unavailable(IOException e) {
    if (DiskReserve.isFull(e)) {
      return DiskReserve.full();
    }
    return ServiceException.of(
        ServiceException.Kind.UNAVAILABLE,
        "upload-broken",
        "the upload broke off: " + e.getMessage(),
        "resume it");
  }
}
