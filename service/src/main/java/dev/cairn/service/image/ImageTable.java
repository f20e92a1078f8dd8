package dev.cairn.service.image;

import dev.cairn.build.TenantId;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Digest;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.ManifestDocument;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.service.Images;
import dev.cairn.service.Page;
import dev.cairn.service.ServiceException;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The names and manifests in the database. */
public final class ImageTable implements Images {
  private final Store store;
  private final AuditLog audit;
  private final BlobStore blobs;
  private final ManifestFiles files;
  private final Clock clock;
  private final Duration seen;

  /**
   * Images in this store.
   *
   * @param seen how long one that was told of an image, or pushes one, may count on its parts
   */
  public ImageTable(Store store, AuditLog audit, BlobStore blobs, Clock clock, Duration seen) {
    this.seen = seen;
    this.store = store;
    this.audit = audit;
    this.blobs = blobs;
    this.files = new ManifestFiles(blobs);
    this.clock = clock;
  }

  @Override
  public Optional<StoredManifest> resolve(TenantId tenant, RepositoryName repository, Tag tag) {
    return found(
        tenant,
        repository,
        session ->
            session.one(
                """
                SELECT m.* FROM tag t JOIN manifest m
                  ON m.tenant = t.tenant AND m.repository = t.repository AND m.digest = t.digest
                WHERE t.tenant = ? AND t.repository = ? AND t.tag = ?
                """,
                ImageRows::stored,
                tenant,
                repository,
                tag));
  }

  @Override
  public Optional<StoredManifest> resolve(
      TenantId tenant, RepositoryName repository, Digest digest) {
    return found(
        tenant, repository, session -> ImageRows.find(session, tenant, repository, digest));
  }

  private record Found(StoredManifest manifest, boolean held) {}

  /** Who finds a manifest holds it for a while, and with it all that it names. */
  private Optional<StoredManifest> found(
      TenantId tenant, RepositoryName repository, Store.Work<Optional<StoredManifest>> look) {
    String owner = "found:" + tenant;
    Optional<Found> first =
        store.read(session -> {
          Optional<StoredManifest> manifest = look.in(session);
          return manifest.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new Found(
                      manifest.get(),
                      BlobRights.holds(
                          session, owner, manifest.get().digest(), clock.instant(), seen)));
        });
    if (first.isEmpty() || first.get().held()) {
      return first.map(Found::manifest);
    }
    return store.writeRelaxed(session -> {
      BlobRights.needing(session);
      Instant now = clock.instant();
      Optional<StoredManifest> manifest = look.in(session);
      if (manifest.isPresent()) {
        Digest digest = manifest.get().digest();
        if (!BlobRights.lease(session, owner, digest, now, seen)) {
          return Optional.empty();
        }
        session.update(
            "UPDATE manifest SET used_at = ? WHERE tenant = ? AND repository = ? AND digest = ?",
            now,
            tenant,
            repository,
            digest);
      }
      return manifest;
    });
  }

  @Override
  public byte[] bytes(TenantId tenant, RepositoryName repository, Digest digest) {
    if (resolve(tenant, repository, digest).isEmpty()) {
      throw ServiceException.notFound("manifest");
    }
    return files.read(digest);
  }

  @Override
  public Page<Tag> tags(
      TenantId tenant, RepositoryName repository, Optional<String> after, int most) {
    return store.read(session -> {
      if (!RepositoryRows.exists(session, tenant, repository)) {
        throw ServiceException.notFound("repository");
      }
      var found =
          session.all(
              """
              SELECT tag FROM tag WHERE tenant = ? AND repository = ? AND tag > ?
              ORDER BY tag LIMIT ?
              """,
              row -> new Tag(row.text("tag")),
              tenant,
              repository,
              after.orElse(""),
              most + 1);
      return page(found, most);
    });
  }

  @Override
  public Page<RepositoryName> repositories(TenantId tenant, Optional<String> after, int most) {
    return store.read(session ->
        page(
            session.all(
                """
                SELECT DISTINCT repository FROM manifest WHERE tenant = ? AND repository > ?
                ORDER BY repository LIMIT ?
                """,
                row -> new RepositoryName(row.text("repository")),
                tenant,
                after.orElse(""),
                most + 1),
            most));
  }

  private static <T> Page<T> page(List<T> found, int most) {
    return found.size() > most
        ? new Page<>(found.subList(0, most), Optional.of(found.get(most - 1).toString()))
        : new Page<>(found, Optional.empty());
  }

  @Override
  public StoredManifest put(
      TenantId tenant,
      RepositoryName repository,
      Optional<Tag> tag,
      MediaType mediaType,
      byte[] bytes) {
    return store(
            new Target(tenant, repository, tag),
            Digest.Algorithm.SHA256,
            mediaType,
            bytes,
            (session, child) -> BlobRights.has(session, tenant, child))
        .manifest();
  }

  @Override
  public Pushed push(
      TenantId tenant,
      RepositoryName repository,
      Optional<Tag> tag,
      Digest.Algorithm algorithm,
      MediaType mediaType,
      byte[] bytes) {
    return store(
        new Target(tenant, repository, tag),
        algorithm,
        mediaType,
        bytes,
        (session, child) ->
            RepositoryRows.holds(session, tenant, repository, child)
                || ImageRows.find(session, tenant, repository, child).isPresent());
  }

  private record Target(TenantId tenant, RepositoryName repository, Optional<Tag> tag) {}

  /** Whether what a manifest names may be named there. */
  private interface Nameable {
    boolean test(Session session, Digest child) throws SQLException;
  }

  private Pushed store(
      Target target,
      Digest.Algorithm algorithm,
      MediaType mediaType,
      byte[] bytes,
      Nameable nameable) {
    if (bytes.length > ManifestDocument.BYTES_LIMIT) {
      throw ServiceException.of(
          ServiceException.Kind.TOO_LARGE,
          "manifest-too-large",
          "the manifest has more than 4 MiB",
          "push a smaller one");
    }
    ManifestLinks links;
    MediaType type;
    try {
      ManifestDocument document = ManifestDocument.parse(bytes, Optional.of(mediaType));
      links = ManifestLinks.of(document);
      type = document.mediaType();
    } catch (InvalidOciException e) {
      throw ServiceException.invalid(
          "manifest-invalid", String.valueOf(e.getMessage()), "push a valid manifest");
    }
    Digest digest = algorithm.newHasher().update(bytes).finish();
    TenantId tenant = target.tenant();
    Instant now = Instant.ofEpochMilli(clock.millis());
    var stored = new StoredManifest(type, digest, bytes.length, now);
    // Before the bytes are stored: they are held, and the right to all that they name is there.
    store.change(session -> {
      checkChildren(session, tenant, links.children(), nameable, now);
      BlobRights.lease(session, "push:" + tenant, digest, now, seen);
    });
    try (var writer = blobs.writer()) {
      writer.write(bytes);
      writer.commit(digest, bytes.length);
    } catch (IOException e) {
      throw ServiceException.of(
          ServiceException.Kind.UNAVAILABLE,
          "disk-full",
          "the manifest cannot be stored: " + e.getMessage(),
          "try again later");
    }
    String name =
        target.repository() + target.tag().map(named -> ":" + named).orElse("") + "@" + digest;
    audit.write(
        Deed.of(Action.IMAGE_PUSHED, tenant, name),
        session -> {
          BlobRights.arrived(session, "push:" + tenant, digest, now, seen);
          checkChildren(session, tenant, links.children(), nameable, now);
          ImageRows.insert(session, tenant, target.repository(), stored, links);
          if (target.tag().isPresent()) {
            ImageRows.move(session, tenant, target.repository(), target.tag().get(), digest, now);
          }
          return true;
        });
    return new Pushed(stored, links.subject());
  }

  /** The right is asked first: whoever lacks it learns nothing from the time the disk takes. */
  private void checkChildren(
      Session session, TenantId tenant, List<Digest> children, Nameable nameable, Instant now)
      throws SQLException {
    for (Digest child : children) {
      if (!nameable.test(session, child)
          || !here(child)
          || !BlobRights.lease(session, "push:" + tenant, child, now, seen)) {
        throw ServiceException.invalid(
            "manifest-blob-unknown",
            "the manifest names " + child + ", which is not here",
            "push that blob first");
      }
    }
  }

  private boolean here(Digest blob) {
    try {
      return blobs.has(blob);
    } catch (IOException e) {
      throw new UncheckedIOException("the blob store cannot be read", e);
    }
  }

  @Override
  public void tag(TenantId tenant, RepositoryName repository, Tag tag, Digest digest) {
    String name = repository + ":" + tag + "@" + digest;
    audit.write(
        Deed.of(Action.IMAGE_TAGGED, tenant, name),
        session -> {
          BlobRights.needing(session);
          if (!session.exists(
              "SELECT 1 FROM manifest WHERE tenant = ? AND digest = ?", tenant, digest)) {
            throw ServiceException.notFound("manifest");
          }
          ImageRows.copy(session, tenant, repository, digest, clock.instant());
          ImageRows.move(session, tenant, repository, tag, digest, clock.instant());
          return true;
        });
  }

  @Override
  public boolean deleteTag(TenantId tenant, RepositoryName repository, Tag tag) {
    return audit.change(
        Deed.of(Action.TAG_DELETED, tenant, repository + ":" + tag),
        session -> {
          ImageRows.untagging(session, tenant, repository, tag, clock.instant());
          return session.update(
                  "DELETE FROM tag WHERE tenant = ? AND repository = ? AND tag = ?",
                  tenant,
                  repository,
                  tag)
              == 1;
        });
  }

  @Override
  public boolean deleteManifest(TenantId tenant, RepositoryName repository, Digest digest) {
    return audit.change(
        Deed.of(Action.IMAGE_DELETED, tenant, repository + "@" + digest),
        session -> ImageRows.delete(session, tenant, repository, digest));
  }
}
