package dev.cairn.service.builder;

import dev.cairn.build.CacheScope;
import dev.cairn.build.TenantId;
import dev.cairn.service.store.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** What accepting and starting a build asks about the builder it names. */
public final class BuilderRows {
  /** What the serial keys of builders begin with, and no caller's own. */
  public static final String KEY = "builder:";

  private BuilderRows() {}

  /** The serial key that makes builds of one builder run one after another. */
  public static String serialKey(String id) {
    return KEY + id;
  }

  /**
   * The scope of a builder's cache; none if there is no such builder. Until the commit it is
   * neither emptied nor deleted.
   */
  public static Optional<CacheScope> scope(Session session, TenantId tenant, String id)
      throws SQLException {
    return session.one(
        "SELECT scope FROM builder WHERE tenant = ? AND id = ?" + session.forUpdate(),
        row -> CacheScope.of(tenant, row.text("scope")),
        tenant,
        id);
  }

  /** A build begins on it. */
  public static void used(Session session, TenantId tenant, String id, Instant now)
      throws SQLException {
    session.update("UPDATE builder SET used_at = ? WHERE tenant = ? AND id = ?", now, tenant, id);
  }
}
