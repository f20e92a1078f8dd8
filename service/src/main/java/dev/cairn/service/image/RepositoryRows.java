package dev.cairn.service.image;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.oci.RepositoryName;
import dev.cairn.service.store.Session;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/** Which blobs a repository has. */
final class RepositoryRows {
  private RepositoryRows() {}

  /** Whether the blob is in the repository and the tenant has the right to it. */
  static boolean holds(Session session, TenantId tenant, RepositoryName repository, Digest blob)
      throws SQLException {
    return BlobRights.has(session, tenant, blob)
        && session.exists(
            "SELECT 1 FROM repository_blob WHERE tenant = ? AND repository = ? AND digest = ?",
            tenant,
            repository,
            blob);
  }

  /**
   * Whether there is anything in the repository; one whose tags are all gone is empty, not gone.
   */
  static boolean exists(Session session, TenantId tenant, RepositoryName repository)
      throws SQLException {
    for (String table : List.of("manifest", "repository_blob")) {
      if (session.exists(
          "SELECT 1 FROM " + table + " WHERE tenant = ? AND repository = ?", tenant, repository)) {
        return true;
      }
    }
    return false;
  }

  /** The tenant's repositories that have the blob, in order. */
  static List<RepositoryName> holding(Session session, TenantId tenant, Digest blob, int most)
      throws SQLException {
    return session.all(
        """
        SELECT repository FROM repository_blob WHERE digest = ? AND tenant = ?
        ORDER BY repository LIMIT ?
        """,
        row -> new RepositoryName(row.text("repository")),
        blob,
        tenant,
        most);
  }

  /** Whether a manifest of the repository names the blob. */
  static boolean needs(Session session, TenantId tenant, RepositoryName repository, Digest blob)
      throws SQLException {
    return session.exists(
        """
        SELECT 1 FROM manifest_blob b JOIN manifest m ON m.digest = b.manifest
        WHERE b.digest = ? AND m.tenant = ? AND m.repository = ?
        """,
        blob,
        tenant,
        repository);
  }

  static void add(
      Session session, TenantId tenant, RepositoryName repository, Collection<Digest> blobs)
      throws SQLException {
    session.updateEach(
        """
        INSERT INTO repository_blob (tenant, repository, digest) VALUES (?, ?, ?)
        ON CONFLICT DO NOTHING
        """,
        blobs.stream().distinct().map(blob -> List.of(tenant, repository, blob)).toList());
  }

  static void remove(Session session, TenantId tenant, RepositoryName repository, Digest blob)
      throws SQLException {
    session.update(
        "DELETE FROM repository_blob WHERE tenant = ? AND repository = ? AND digest = ?",
        tenant,
        repository,
        blob);
  }

  /** Everything that a manifest of another repository of the tenant names. */
  static void addNamed(Session session, TenantId tenant, RepositoryName repository, Digest manifest)
      throws SQLException {
    session.update(
        """
        INSERT INTO repository_blob (tenant, repository, digest)
        SELECT ?, ?, digest FROM manifest_blob WHERE manifest = ? ON CONFLICT DO NOTHING
        """,
        tenant,
        repository,
        manifest);
  }
}
