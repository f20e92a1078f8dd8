package dev.cairn.service.image;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.service.Images;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Manifests and tags as rows. */
final class ImageRows {
  private ImageRows() {}

  static Optional<Images.StoredManifest> find(
      Session session, TenantId tenant, RepositoryName repository, Digest digest)
      throws SQLException {
    return session.one(
        "SELECT * FROM manifest WHERE tenant = ? AND repository = ? AND digest = ?",
        ImageRows::stored,
        tenant,
        repository,
        digest);
  }

  static void insert(
      Session session,
      TenantId tenant,
      RepositoryName repository,
      Images.StoredManifest manifest,
      ManifestLinks links)
      throws SQLException {
    BlobRights.grant(session, tenant, List.of(manifest.digest()), manifest.pushedAt());
    session.update(
        """
        INSERT INTO manifest (tenant, repository, digest, media_type, size, pushed_at, used_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, repository, digest) DO UPDATE SET pushed_at = excluded.pushed_at,
          used_at = excluded.used_at
        """,
        tenant,
        repository,
        manifest.digest(),
        manifest.mediaType(),
        manifest.size(),
        manifest.pushedAt(),
        manifest.pushedAt());
    session.updateEach(
        "INSERT INTO manifest_blob (manifest, digest) VALUES (?, ?) ON CONFLICT DO NOTHING",
        links.children().stream()
            .distinct()
            .map(child -> List.of(manifest.digest(), child))
            .toList());
    RepositoryRows.add(session, tenant, repository, links.children());
    if (links.subject().isPresent()) {
      session.update(
          """
          INSERT INTO referrer (tenant, repository, subject, digest, artifact_type)
          VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
          """,
          tenant,
          repository,
          links.subject(),
          manifest.digest(),
          links.artifactType());
    }
  }

  /** Deletes a manifest and all tags on it; false if there is none. */
  static boolean delete(Session session, TenantId tenant, RepositoryName repository, Digest digest)
      throws SQLException {
    for (String table : List.of("tag", "referrer")) {
      session.update(
          "DELETE FROM " + table + " WHERE tenant = ? AND repository = ? AND digest = ?",
          tenant,
          repository,
          digest);
    }
    return session.update(
            "DELETE FROM manifest WHERE tenant = ? AND repository = ? AND digest = ?",
            tenant,
            repository,
            digest)
        == 1;
  }

  /**
   * Brings a manifest that is in another repository of the tenant into this one, with everything
   * below it.
   */
  static void copy(
      Session session, TenantId tenant, RepositoryName repository, Digest digest, Instant now)
      throws SQLException {
    Set<Digest> seen = new HashSet<>();
    Deque<Digest> next = new ArrayDeque<>(List.of(digest));
    while (!next.isEmpty()) {
      Digest one = next.pop();
      if (!seen.add(one)) {
        continue;
      }
      session.update(
          """
          INSERT INTO manifest (tenant, repository, digest, media_type, size, pushed_at, used_at)
          SELECT tenant, ?, digest, media_type, size, MAX(pushed_at), ?
          FROM manifest WHERE tenant = ? AND digest = ?
          GROUP BY tenant, digest, media_type, size ON CONFLICT DO NOTHING
          """,
          repository,
          now,
          tenant,
          one);
      session.update(
          """
          INSERT INTO referrer (tenant, repository, subject, digest, artifact_type)
          SELECT DISTINCT tenant, ?, subject, digest, artifact_type
          FROM referrer WHERE tenant = ? AND digest = ? ON CONFLICT DO NOTHING
          """,
          repository,
          tenant,
          one);
      RepositoryRows.addNamed(session, tenant, repository, one);
      next.addAll(
          session.all(
              """
              SELECT DISTINCT b.digest FROM manifest_blob b
                JOIN manifest m ON m.digest = b.digest AND m.tenant = ?
              WHERE b.manifest = ?
              """,
              row -> Digest.parse(row.text("digest")),
              tenant,
              one));
    }
  }

  static void move(
      Session session,
      TenantId tenant,
      RepositoryName repository,
      Tag tag,
      Digest digest,
      Instant now)
      throws SQLException {
    untagging(session, tenant, repository, tag, now);
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

  /** Before a tag leaves its manifest: from now on the time counts for which it is kept without. */
  static void untagging(
      Session session, TenantId tenant, RepositoryName repository, Tag tag, Instant now)
      throws SQLException {
    session.update(
        """
        UPDATE manifest SET used_at = ? WHERE tenant = ? AND repository = ? AND digest IN
          (SELECT digest FROM tag WHERE tenant = ? AND repository = ? AND tag = ?)
        """,
        now,
        tenant,
        repository,
        tenant,
        repository,
        tag);
  }

  static Images.StoredManifest stored(Row row) throws SQLException {
    return new Images.StoredManifest(
        new MediaType(row.text("media_type")),
        Digest.parse(row.text("digest")),
        row.number("size"),
        row.time("pushed_at"));
  }
}
