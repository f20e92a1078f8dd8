package dev.cairn.service.access;

import dev.cairn.build.TenantId;
import dev.cairn.service.ServiceException;
import dev.cairn.service.Tenant;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.Tenants;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** The tenants in the database. */
public final class TenantTable implements Tenants {
  private static final String ONE_TENANT = "one-tenant";

  private final Store store;
  private final AuditLog audit;
  private final TenantLimits defaults;
  private final Clock clock;

  /**
   * Tenants of this store.
   *
   * @param defaults the limits of a tenant that nobody set others for
   */
  public TenantTable(Store store, AuditLog audit, TenantLimits defaults, Clock clock) {
    this.store = store;
    this.audit = audit;
    this.defaults = defaults;
    this.clock = clock;
  }

  @Override
  public Tenant create(TenantId id, TenantLimits limits) {
    return audit.write(
        Deed.of(Action.TENANT_CREATED, id, id),
        session -> {
          if (!insert(session, id, limits)) {
            throw ServiceException.of(
                ServiceException.Kind.CONFLICT,
                "tenant-exists",
                "there is a tenant named " + id + " already",
                "choose another name");
          }
          return lookUp(session, id).orElseThrow();
        });
  }

  @Override
  public Tenant ensure(TenantId id) {
    return find(id)
        .orElseGet(() ->
            audit
                .write(
                    Deed.of(Action.TENANT_CREATED, id, id),
                    session ->
                        new Ensured(
                            insert(session, id, defaults), lookUp(session, id).orElseThrow()),
                    ensured -> ensured.created() ? "done" : "repeated")
                .tenant());
  }

  private record Ensured(boolean created, Tenant tenant) {}

  @Override
  public Optional<Tenant> find(TenantId id) {
    return store.read(session -> lookUp(session, id));
  }

  @Override
  public List<Tenant> list() {
    return store.read(
        session -> session.all("SELECT * FROM tenant ORDER BY id", TenantTable::tenant));
  }

  @Override
  public Tenant setLimits(TenantId id, TenantLimits limits) {
    return audit.write(
        Deed.of(Action.TENANT_LIMITED, id, id + " " + limits),
        session -> {
          int changed =
              session.update(
                  """
                  UPDATE tenant SET queued = ?, running = ?, weight = ?, uploads = ?,
                    upload_bytes = ?, secrets = ? WHERE id = ?
                  """,
                  limits.queued(),
                  limits.running(),
                  limits.weight(),
                  limits.uploads(),
                  limits.uploadBytes(),
                  limits.secrets(),
                  id);
          if (changed == 0) {
            throw ServiceException.notFound("tenant");
          }
          return lookUp(session, id).orElseThrow();
        });
  }

  /**
   * The limits of a tenant, its row locked until the commit, so that what is counted against them
   * cannot grow meanwhile.
   *
   * @throws ServiceException of kind {@code NOT_FOUND}
   */
  public static TenantLimits lock(Session session, TenantId id) throws SQLException {
    return session
        .one("SELECT * FROM tenant WHERE id = ?" + session.forUpdate(), TenantTable::tenant, id)
        .orElseThrow(() -> ServiceException.notFound("tenant"))
        .limits();
  }

  /**
   * The limits of a tenant.
   *
   * @throws ServiceException of kind {@code NOT_FOUND}
   */
  public static TenantLimits limits(Session session, TenantId id) throws SQLException {
    return lookUp(session, id).orElseThrow(() -> ServiceException.notFound("tenant")).limits();
  }

  /**
   * Says whether this installation may have several tenants; whoever adds one from now on, also a
   * command beside the server, keeps to it.
   *
   * @param reason why it may have one only: a sentence for the operator; absent if it may have more
   * @throws ServiceException if it has several and may not
   */
  public void keepToOne(Optional<String> reason) {
    store.write(session -> {
      session.update("DELETE FROM setting WHERE name = ?", ONE_TENANT);
      if (reason.isPresent()) {
        long tenants = session.count("SELECT count(*) AS n FROM tenant");
        if (tenants > 1) {
          throw tooWeak("this installation has " + tenants + " tenants", reason.get());
        }
        session.update("INSERT INTO setting (name, value) VALUES (?, ?)", ONE_TENANT, reason.get());
      }
      return true;
    });
  }

  private static ServiceException tooWeak(String what, String reason) {
    return ServiceException.of(
        ServiceException.Kind.CONFLICT,
        "isolation-too-weak",
        what + ": " + reason,
        "several tenants need steps with networks of their own (no network: host) on the rung"
            + " user-namespace (cairn doctor says what it lacks); tenants that trust each other"
            + " may share a lower rung by isolation.minimum: plain in the configuration");
  }

  private static void requireRoom(Session session, TenantId id) throws SQLException {
    Optional<String> reason =
        session.one(
            "SELECT value FROM setting WHERE name = ?", row -> row.text("value"), ONE_TENANT);
    if (reason.isPresent()
        && session.exists("SELECT 1 FROM tenant WHERE id <> ?", id)
        && lookUp(session, id).isEmpty()) {
      throw tooWeak("this installation takes no second tenant", reason.get());
    }
  }

  private boolean insert(Session session, TenantId id, TenantLimits limits) throws SQLException {
    requireRoom(session, id);
    return session.update(
            """
            INSERT INTO tenant (id, queued, running, weight, uploads, upload_bytes, secrets, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            id,
            limits.queued(),
            limits.running(),
            limits.weight(),
            limits.uploads(),
            limits.uploadBytes(),
            limits.secrets(),
            clock.instant())
        == 1;
  }

  private static Optional<Tenant> lookUp(Session session, TenantId id) throws SQLException {
    return session.one("SELECT * FROM tenant WHERE id = ?", TenantTable::tenant, id);
  }

  private static Tenant tenant(Row row) throws SQLException {
    return new Tenant(
        new TenantId(row.text("id")),
        new TenantLimits(
            (int) row.number("queued"),
            (int) row.number("running"),
            (int) row.number("weight"),
            (int) row.number("uploads"),
            row.number("upload_bytes"),
            (int) row.number("secrets")),
        row.time("created_at"));
  }
}
