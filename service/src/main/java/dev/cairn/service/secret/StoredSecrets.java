package dev.cairn.service.secret;

import dev.cairn.build.TenantId;
import dev.cairn.service.ServiceException;
import dev.cairn.service.TenantSecrets;
import dev.cairn.service.access.TenantTable;
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
import java.util.regex.Pattern;

/** The tenants' secrets in the database, each sealed for its tenant and id. */
public final class StoredSecrets implements TenantSecrets {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final int MOST_BYTES = 512 * 1024;

  private final Store store;
  private final AuditLog audit;
  private final SealingKey key;
  private final Clock clock;

  /** Secrets of this store under this key. */
  public StoredSecrets(Store store, AuditLog audit, SealingKey key, Clock clock) {
    this.store = store;
    this.audit = audit;
    this.key = key;
    this.clock = clock;
  }

  @Override
  public SecretInfo set(TenantId tenant, String id, byte[] value) {
    if (!ID.matcher(id).matches() || id.equals(".") || id.equals("..")) {
      throw ServiceException.invalid(
          "secret-id-invalid",
          "id: a secret is named by 1 to 128 letters, digits, '.', '_' and '-'",
          "choose another id");
    }
    if (value.length > MOST_BYTES) {
      throw ServiceException.of(
          ServiceException.Kind.TOO_LARGE,
          "secret-too-large",
          "the value of the secret has more than 512 KiB",
          "store the data elsewhere and keep only its key here");
    }
    byte[] sealed = key.seal(value, place(tenant, id));
    return audit.write(
        Deed.of(Action.SECRET_SET, tenant, id), session -> put(session, tenant, id, sealed));
  }

  private SecretInfo put(Session session, TenantId tenant, String id, byte[] sealed)
      throws SQLException {
    int most = TenantTable.lock(session, tenant).secrets();
    long others =
        session.count("SELECT count(*) AS n FROM secret WHERE tenant = ? AND id <> ?", tenant, id);
    if (others >= most) {
      throw ServiceException.of(
          ServiceException.Kind.QUOTA,
          "secrets-quota",
          "the tenant has " + most + " secrets, as many as it may",
          "delete one or ask the operator for more");
    }
    session.update(
        """
        INSERT INTO secret (tenant, id, sealed, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at
        """,
        tenant,
        id,
        sealed,
        clock.instant(),
        clock.instant());
    return session
        .one("SELECT * FROM secret WHERE tenant = ? AND id = ?", StoredSecrets::info, tenant, id)
        .orElseThrow();
  }

  @Override
  public List<SecretInfo> list(TenantId tenant) {
    return store.read(session ->
        session.all(
            "SELECT id, created_at, updated_at FROM secret WHERE tenant = ? ORDER BY id",
            StoredSecrets::info,
            tenant));
  }

  @Override
  public boolean delete(TenantId tenant, String id) {
    return audit.change(
        Deed.of(Action.SECRET_REMOVED, tenant, id),
        session ->
            session.update("DELETE FROM secret WHERE tenant = ? AND id = ?", tenant, id) == 1);
  }

  /** The value, for a build of the tenant; empty if there is none or its key was lost. */
  Optional<byte[]> value(TenantId tenant, String id) throws SealingKey.BadSealException {
    Optional<byte[]> sealed =
        store.read(session ->
            session.one(
                "SELECT sealed FROM secret WHERE tenant = ? AND id = ?",
                row -> row.bytes("sealed"),
                tenant,
                id));
    return sealed.isEmpty()
        ? Optional.empty()
        : Optional.of(key.open(sealed.get(), place(tenant, id)));
  }

  private static String place(TenantId tenant, String id) {
    return "secret/" + tenant + "/" + id;
  }

  private static SecretInfo info(Row row) throws SQLException {
    return new SecretInfo(row.text("id"), row.time("created_at"), row.time("updated_at"));
  }
}
