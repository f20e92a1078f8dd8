package dev.cairn.service.image;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.FailureKind;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Index;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.ManifestDocument;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.service.Images;
import dev.cairn.service.Page;
import dev.cairn.service.ServiceException;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The names and manifests in the database. */
public final class ImageTable implements Images, Registration {
  private static final Duration PULL = Duration.ofHours(1);

  private final Store store;
  private final BlobStore blobs;
  private final Clock clock;
  private final Duration resultKept;

  /**
   * Images in this store.
   *
   * @param resultKept how long the blobs of a build without a name are kept
   */
  public ImageTable(Store store, BlobStore blobs, Clock clock, Duration resultKept) {
    this.store = store;
    this.blobs = blobs;
    this.clock = clock;
    this.resultKept = resultKept;
  }

  @Override
  public Optional<StoredManifest> resolve(TenantId tenant, RepositoryName repository, Tag tag) {
    return store.read(session ->
        session.one(
            """
            SELECT m.* FROM tag t JOIN manifest m
              ON m.tenant = t.tenant AND m.repository = t.repository AND m.digest = t.digest
            WHERE t.tenant = ? AND t.repository = ? AND t.tag = ?
            """,
            ImageTable::stored,
            tenant,
            repository,
            tag));
  }

  @Override
  public Optional<StoredManifest> resolve(
      TenantId tenant, RepositoryName repository, Digest digest) {
    return store.read(session -> find(session, tenant, repository, digest));
  }

  private static Optional<StoredManifest> find(
      Session session, TenantId tenant, RepositoryName repository, Digest digest)
      throws SQLException {
    return session.one(
        "SELECT * FROM manifest WHERE tenant = ? AND repository = ? AND digest = ?",
        ImageTable::stored,
        tenant,
        repository,
        digest);
  }

  @Override
  public byte[] bytes(TenantId tenant, RepositoryName repository, Digest digest) {
    if (resolve(tenant, repository, digest).isEmpty()) {
      throw ServiceException.notFound("manifest");
    }
    return read(digest);
  }

  private byte[] read(Digest digest) {
    try (var in = blobs.open(digest)) {
      return in.readNBytes(ManifestDocument.BYTES_LIMIT);
    } catch (IOException e) {
      throw new UncheckedIOException("the manifest " + digest + " cannot be read", e);
    }
  }

  @Override
  public Page<Tag> tags(
      TenantId tenant, RepositoryName repository, Optional<String> after, int most) {
    return store.read(session -> {
      if (!session.exists(
          "SELECT 1 FROM manifest WHERE tenant = ? AND repository = ?", tenant, repository)) {
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
    if (bytes.length > ManifestDocument.BYTES_LIMIT) {
      throw ServiceException.of(
          ServiceException.Kind.TOO_LARGE,
          "manifest-too-large",
          "the manifest has more than 4 MiB",
          "push a smaller one");
    }
    List<Digest> children;
    MediaType type;
    try {
      ManifestDocument document = ManifestDocument.parse(bytes, Optional.of(mediaType));
      children = children(document);
      type = document.mediaType();
    } catch (InvalidOciException e) {
      throw ServiceException.invalid(
          "manifest-invalid", String.valueOf(e.getMessage()), "push a valid manifest");
    }
    Digest digest = Digest.sha256(bytes);
    Instant now = Instant.ofEpochMilli(clock.millis());
    var stored = new StoredManifest(type, digest, bytes.length, now);
    // Before the bytes are stored: they are held, and the right to all that they name is there.
    store.change(session -> {
      checkChildren(session, tenant, children, now);
      BlobRights.lease(session, "push:" + tenant, digest, now, PULL);
    });
    try {
      blobs.put(bytes);
    } catch (IOException e) {
      throw ServiceException.of(
          ServiceException.Kind.UNAVAILABLE,
          "disk-full",
          "the manifest cannot be stored: " + e.getMessage(),
          "try again later");
    }
    store.change(session -> {
      BlobRights.arrived(session, "push:" + tenant, digest, now, PULL);
      checkChildren(session, tenant, children, now);
      insert(session, tenant, repository, stored, children);
      if (tag.isPresent()) {
        move(session, tenant, repository, tag.get(), digest, now);
      }
    });
    return stored;
  }

  private void checkChildren(Session session, TenantId tenant, List<Digest> children, Instant now)
      throws SQLException {
    for (Digest child : children) {
      boolean here;
      try {
        here = blobs.has(child);
      } catch (IOException e) {
        throw new UncheckedIOException("the blob store cannot be read", e);
      }
      if (!BlobRights.has(session, tenant, child)
          || !here
          || !BlobRights.lease(session, "push:" + tenant, child, now, PULL)) {
        throw ServiceException.invalid(
            "manifest-blob-unknown",
            "the manifest names " + child + ", which is not here",
            "push that blob first");
      }
    }
  }

  private static List<Digest> children(ManifestDocument document) {
    return switch (document) {
      case Manifest manifest -> {
        var digests = new ArrayList<Digest>();
        digests.add(manifest.config().digest());
        manifest.layers().stream().map(Descriptor::digest).forEach(digests::add);
        yield digests;
      }
      case Index index -> index.manifests().stream().map(Descriptor::digest).toList();
    };
  }

  private void insert(
      Session session,
      TenantId tenant,
      RepositoryName repository,
      StoredManifest manifest,
      List<Digest> children)
      throws SQLException {
    BlobRights.grant(session, tenant, List.of(manifest.digest()), manifest.pushedAt());
    session.update(
        """
        INSERT INTO manifest (tenant, repository, digest, media_type, size, pushed_at)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, repository, digest) DO UPDATE SET pushed_at = excluded.pushed_at
        """,
        tenant,
        repository,
        manifest.digest(),
        manifest.mediaType(),
        manifest.size(),
        manifest.pushedAt());
    session.updateEach(
        "INSERT INTO manifest_blob (manifest, digest) VALUES (?, ?) ON CONFLICT DO NOTHING",
        children.stream().distinct().map(child -> List.of(manifest.digest(), child)).toList());
  }

  private static void move(
      Session session,
      TenantId tenant,
      RepositoryName repository,
      Tag tag,
      Digest digest,
      Instant now)
      throws SQLException {
    session.update(
        """
        INSERT INTO tag (tenant, repository, tag, digest, updated_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (tenant, repository, tag) DO UPDATE SET digest = excluded.digest,
          updated_at = excluded.updated_at
        """,
        tenant,
        repository,
        tag,
        digest,
        now);
  }

  @Override
  public void tag(TenantId tenant, RepositoryName repository, Tag tag, Digest digest) {
    store.change(session -> {
      StoredManifest manifest =
          session
              .one(
                  "SELECT * FROM manifest WHERE tenant = ? AND digest = ?",
                  ImageTable::stored,
                  tenant,
                  digest)
              .orElseThrow(() -> ServiceException.notFound("manifest"));
      insert(session, tenant, repository, manifest, List.of());
      move(session, tenant, repository, tag, digest, clock.instant());
    });
  }

  @Override
  public boolean deleteTag(TenantId tenant, RepositoryName repository, Tag tag) {
    return store.write(session ->
        session.update(
                "DELETE FROM tag WHERE tenant = ? AND repository = ? AND tag = ?",
                tenant,
                repository,
                tag)
            == 1);
  }

  @Override
  public boolean deleteManifest(TenantId tenant, RepositoryName repository, Digest digest) {
    return store.write(session -> {
      session.update(
          "DELETE FROM tag WHERE tenant = ? AND repository = ? AND digest = ?",
          tenant,
          repository,
          digest);
      return session.update(
              "DELETE FROM manifest WHERE tenant = ? AND repository = ? AND digest = ?",
              tenant,
              repository,
              digest)
          == 1;
    });
  }

  @Override
  public Store.Change prepare(BuildJob job, BuildResult result) {
    var documents = new ArrayList<Known>();
    try {
      for (Descriptor descriptor : result.manifests()) {
        documents.add(known(descriptor));
      }
      if (!result.manifests().contains(result.image())) {
        documents.add(known(result.image()));
      }
    } catch (InvalidOciException e) {
      throw BuildException.of(FailureKind.INTERNAL, "result-invalid")
          .cause(e)
          .sentence("the builder made a manifest that cannot be read");
    }
    return session -> register(session, job, result, documents);
  }

  private record Known(Descriptor descriptor, List<Digest> children) {}

  private Known known(Descriptor descriptor) {
    var document =
        ManifestDocument.parse(read(descriptor.digest()), Optional.of(descriptor.mediaType()));
    return new Known(descriptor, children(document));
  }

  private void register(Session session, BuildJob job, BuildResult result, List<Known> documents)
      throws SQLException {
    Instant now = clock.instant();
    BlobRights.grant(session, job.tenant(), result.blobs(), now);
    session.update("DELETE FROM lease WHERE owner = ?", "build:" + job.id());
    for (Digest blob : result.blobs()) {
      BlobRights.lease(session, "result:" + job.id(), blob, now, resultKept);
    }
    for (String name : job.request().outputs().names()) {
      Reference reference = Reference.parse("own.invalid/" + name).orLatest();
      for (Known document : documents) {
        var descriptor = document.descriptor();
        insert(
            session,
            job.tenant(),
            reference.repository(),
            new StoredManifest(descriptor.mediaType(), descriptor.digest(), descriptor.size(), now),
            document.children());
      }
      move(
          session,
          job.tenant(),
          reference.repository(),
          reference.tag().orElse(Tag.LATEST),
          result.image().digest(),
          now);
    }
  }

  private static StoredManifest stored(Row row) throws SQLException {
    return new StoredManifest(
        new MediaType(row.text("media_type")),
        Digest.parse(row.text("digest")),
        row.number("size"),
        row.time("pushed_at"));
  }
}
