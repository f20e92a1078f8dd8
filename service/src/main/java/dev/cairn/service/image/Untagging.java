package dev.cairn.service.image;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.service.store.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Takes a name away, and what was in the repository for that name alone. */
public final class Untagging {
  private Untagging() {}

  /**
   * Deletes a tag and, if no other tag of the repository is on its manifest, the manifest and the
   * manifests that only this one names; false if there is no such tag.
   */
  public static boolean remove(Session session, TenantId tenant, RepositoryName repository, Tag tag)
      throws SQLException {
    Optional<Digest> digest =
        session.one(
            "SELECT digest FROM tag WHERE tenant = ? AND repository = ? AND tag = ?",
            row -> Digest.parse(row.text("digest")),
            tenant,
            repository,
            tag);
    if (digest.isEmpty()) {
      return false;
    }
    session.update(
        "DELETE FROM tag WHERE tenant = ? AND repository = ? AND tag = ?", tenant, repository, tag);
    if (!session.exists(
        "SELECT 1 FROM tag WHERE tenant = ? AND repository = ? AND digest = ?",
        tenant,
        repository,
        digest)) {
      for (Digest child : onlyBelow(session, tenant, repository, digest.get())) {
        ImageRows.delete(session, tenant, repository, child);
      }
      ImageRows.delete(session, tenant, repository, digest.get());
    }
    return true;
  }

  /** The manifests of the repository that have no tag and that this one alone names. */
  private static List<Digest> onlyBelow(
      Session session, TenantId tenant, RepositoryName repository, Digest digest)
      throws SQLException {
    return session.all(
        """
        SELECT digest FROM manifest WHERE tenant = ? AND repository = ?
          AND digest IN (SELECT digest FROM manifest_blob WHERE manifest = ?)
          AND digest NOT IN (SELECT digest FROM tag WHERE tenant = ? AND repository = ?)
          AND digest NOT IN (SELECT b.digest FROM manifest_blob b JOIN manifest m
            ON m.digest = b.manifest
            WHERE m.tenant = ? AND m.repository = ? AND m.digest <> ?)
        """,
        row -> Digest.parse(row.text("digest")),
        tenant,
        repository,
        digest,
        tenant,
        repository,
        tenant,
        repository,
        digest);
  }
}
