package dev.cairn.service.pull;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Platform;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RepositoryName;
import dev.cairn.service.NamedImages;
import dev.cairn.service.NamedImages.Name;
import dev.cairn.service.NamedImages.NamedImage;
import dev.cairn.service.NamedImages.Pull;
import dev.cairn.service.NamedImages.State;
import dev.cairn.service.ServiceException;
import dev.cairn.service.json.ModelJson;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Tags and pulls as images by name. */
final class PullRows {
  private static final String NAMES =
      """
      SELECT n.repository AS repository, n.version AS version, t.digest AS tag_digest,
        t.updated_at AS tag_at, p.source AS source, p.platform AS platform, p.labels AS labels,
        p.state AS state, p.digest AS digest, p.error AS error, p.created_at AS created_at
      FROM (SELECT tenant, repository, tag AS version FROM tag WHERE tenant = ?
          UNION SELECT tenant, repository, version FROM image_pull WHERE tenant = ?) n
        LEFT JOIN tag t
          ON t.tenant = n.tenant AND t.repository = n.repository AND t.tag = n.version
        LEFT JOIN image_pull p
          ON p.tenant = n.tenant AND p.repository = n.repository AND p.version = n.version
      WHERE (t.digest IS NOT NULL OR p.state <> 'ready'
        OR (p.version LIKE 'sha256:%' AND EXISTS (SELECT 1 FROM manifest m
          WHERE m.tenant = p.tenant AND m.repository = p.repository AND m.digest = p.digest)))
      """;

  private PullRows() {}

  /** What a pull's worker needs. */
  record Claimed(TenantId tenant, String id, Name name, Reference source, Platform platform) {}

  static Optional<NamedImage> find(Session session, TenantId tenant, Name name)
      throws SQLException {
    return session.one(
        NAMES + " AND n.repository = ? AND n.version = ?",
        row -> image(session, row),
        tenant,
        tenant,
        name.repository(),
        name.version());
  }

  /** In the order of {@link #key}; one more than asked for, to know whether a page follows. */
  static List<NamedImage> list(
      Session session, TenantId tenant, Optional<RepositoryName> repository, String after, int most)
      throws SQLException {
    var sql = new StringBuilder(NAMES);
    List<Object> arguments = new ArrayList<>(List.of(tenant, tenant));
    repository.ifPresent(only -> {
      sql.append(" AND n.repository = ?");
      arguments.add(only);
    });
    sql.append(" AND n.repository || ' ' || n.version > ?");
    sql.append(" ORDER BY n.repository || ' ' || n.version LIMIT ?");
    arguments.add(after);
    arguments.add(most + 1);
    return session.all(sql.toString(), row -> image(session, row), arguments.toArray());
  }

  /** Where a name stands in the list. */
  static String key(Name name) {
    return name.repository() + " " + name.version();
  }

  @SuppressWarnings("unchecked")
  private static NamedImage image(Session session, Row row) throws SQLException {
    var name = new Name(new RepositoryName(row.text("repository")), row.text("version"));
    Optional<Digest> tagged = row.optionalText("tag_digest").map(Digest::parse);
    Optional<Digest> pulled = row.optionalText("digest").map(Digest::parse);
    Optional<State> state =
        row.optionalText("state").map(text -> State.valueOf(text.toUpperCase(Locale.ROOT)));
    boolean moved =
        state.isEmpty()
            || (state.get() == State.READY && tagged.isPresent() && !tagged.equals(pulled));
    if (moved) {
      return new NamedImage(
          name,
          Optional.empty(),
          State.READY,
          tagged,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          row.time("tag_at"));
    }
    Instant created = row.time("created_at");
    return new NamedImage(
        name,
        Optional.of(Reference.parse(row.text("source"))),
        state.get(),
        pulled,
        row.optionalText("error"),
        state.get() == State.PENDING
            ? Optional.of((int) before(session, created) + 1)
            : Optional.empty(),
        Optional.of(Platform.parse(row.text("platform"))),
        (Map<String, String>) ModelJson.read(row.text("labels"), Map.class),
        created);
  }

  private static long before(Session session, Instant created) throws SQLException {
    return session.count(
        "SELECT count(*) AS n FROM image_pull WHERE state = 'pending' AND created_at < ?", created);
  }

  /**
   * Makes sure that the tenant may have one more pull.
   *
   * @throws ServiceException of kind {@code QUOTA}
   */
  static void requireRoom(Session session, TenantId tenant) throws SQLException {
    requireRoom(
        session,
        tenant,
        "('pending', 'pulling')",
        NamedImages.MOST_OPEN,
        "pulls that have not ended, as many as it may; wait until some have");
    requireRoom(
        session,
        tenant,
        "('failed')",
        NamedImages.MOST_FAILED,
        "failed pulls, as many as are kept; delete some of their names");
  }

  private static void requireRoom(
      Session session, TenantId tenant, String states, int most, String what) throws SQLException {
    long there =
        session.count(
            "SELECT count(*) AS n FROM image_pull WHERE tenant = ? AND state IN " + states, tenant);
    if (there >= most) {
      throw ServiceException.of(
          ServiceException.Kind.QUOTA, "pulls-quota", "the tenant has " + most + " " + what, "");
    }
  }

  /** Writes a new pull in the place of the one before. */
  static void insert(
      Session session,
      TenantId tenant,
      String id,
      Pull wish,
      Optional<Digest> digest,
      Optional<String> owner,
      Instant now,
      Instant leased)
      throws SQLException {
    delete(session, tenant, wish.name());
    session.update(
        """
        INSERT INTO image_pull (tenant, repository, version, id, source, platform, labels, login,
          state, digest, created_at, lease_owner, lease_until)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?)
        """,
        tenant,
        wish.name().repository(),
        wish.name().version(),
        id,
        wish.source(),
        wish.platform(),
        ModelJson.write(new TreeMap<>(wish.labels())),
        wish.login().isPresent(),
        digest,
        now,
        owner,
        leased);
  }

  static boolean delete(Session session, TenantId tenant, Name name) throws SQLException {
    return session.update(
            "DELETE FROM image_pull WHERE tenant = ? AND repository = ? AND version = ?",
            tenant,
            name.repository(),
            name.version())
        > 0;
  }

  static Claimed claimed(Row row) throws SQLException {
    return new Claimed(
        new TenantId(row.text("tenant")),
        row.text("id"),
        new Name(new RepositoryName(row.text("repository")), row.text("version")),
        Reference.parse(row.text("source")),
        Platform.parse(row.text("platform")));
  }
}
