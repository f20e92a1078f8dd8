package dev.cairn.service.secret;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Inputs;
import dev.cairn.build.TenantId;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.RepositoryName;
import dev.cairn.service.RegistryLogins;
import dev.cairn.service.ServiceException;
import dev.cairn.service.access.TenantTable;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The tenants' logins in the database, each sealed for its tenant and place. */
public final class StoredLogins implements RegistryLogins {
  private static final int MOST_BYTES = 64 * 1024;
  private static final int MOST_NAME = 256;

  private final Store store;
  private final AuditLog audit;
  private final SealingKey key;
  private final Clock clock;

  /** Logins of this store under this key. */
  public StoredLogins(Store store, AuditLog audit, SealingKey key, Clock clock) {
    this.store = store;
    this.audit = audit;
    this.key = key;
    this.clock = clock;
  }

  /**
   * A login with its password, which the caller wipes.
   *
   * @param username empty if the password is an access token
   */
  @SuppressWarnings("ArrayRecordComponent") // wiped after use, never compared
  record Found(String username, byte[] password) {
    @Override
    public String toString() {
      return "***";
    }
  }

  @Override
  public Login set(
      TenantId tenant,
      Place place,
      Set<Inputs.Purpose> purposes,
      String username,
      byte[] password) {
    if (username.length() > MOST_NAME
        || username.indexOf(':') >= 0
        || username.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      throw ServiceException.invalid(
          "login-invalid",
          "username: has at most 256 characters, without colons and control characters",
          "check the name");
    }
    if (password.length == 0 || password.length > MOST_BYTES) {
      throw ServiceException.invalid(
          "login-invalid", "password: has 1 byte to 64 KiB", "send the password or token");
    }
    if (purposes.isEmpty()) {
      throw ServiceException.invalid(
          "login-invalid", "purposes: names nothing that the login is for", "name pull or push");
    }
    byte[] sealed = key.seal(password, sealPlace(tenant, place));
    return audit.write(
        Deed.of(Action.REGISTRY_LOGIN_SET, tenant, place.host()),
        session -> put(session, tenant, place, purposes, username, sealed));
  }

  private Login put(
      Session session,
      TenantId tenant,
      Place place,
      Set<Inputs.Purpose> purposes,
      String username,
      byte[] sealed)
      throws SQLException {
    int most = TenantTable.lock(session, tenant).secrets();
    long others =
        session.count(
            """
            SELECT count(*) AS n FROM registry_login
            WHERE tenant = ? AND (host <> ? OR repository <> ?)
            """,
            tenant,
            place.host(),
            repository(place));
    if (others >= most) {
      throw ServiceException.of(
          ServiceException.Kind.QUOTA,
          "logins-quota",
          "the tenant has " + most + " registry logins, as many as it may",
          "delete one or ask the operator for more");
    }
    session.update(
        """
        INSERT INTO registry_login
          (tenant, host, repository, purposes, username, sealed, created_at, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, host, repository) DO UPDATE SET purposes = excluded.purposes,
          username = excluded.username, sealed = excluded.sealed, updated_at = excluded.updated_at
        """,
        tenant,
        place.host(),
        repository(place),
        purposes.stream().map(StoredLogins::word).sorted().collect(Collectors.joining(",")),
        username,
        sealed,
        clock.instant(),
        clock.instant());
    return session
        .one(
            "SELECT * FROM registry_login WHERE tenant = ? AND host = ? AND repository = ?",
            StoredLogins::login,
            tenant,
            place.host(),
            repository(place))
        .orElseThrow();
  }

  @Override
  public List<Login> list(TenantId tenant) {
    return store.read(session ->
        session.all(
            "SELECT * FROM registry_login WHERE tenant = ? ORDER BY host, repository",
            StoredLogins::login,
            tenant));
  }

  @Override
  public boolean delete(TenantId tenant, Place place) {
    return audit.change(
        Deed.of(Action.REGISTRY_LOGIN_REMOVED, tenant, place.host()),
        session ->
            session.update(
                    "DELETE FROM registry_login WHERE tenant = ? AND host = ? AND repository = ?",
                    tenant,
                    place.host(),
                    repository(place))
                == 1);
  }

  /**
   * The login for a repository: of those that may be used for it, the one of the longest path.
   *
   * @throws BuildException of kind CREDENTIAL if it was stored under another key
   */
  Optional<Found> find(TenantId tenant, String host, String repository, Inputs.Purpose purpose) {
    @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
    record Candidate(Login login, byte[] sealed) {}
    List<Candidate> all =
        store.read(session ->
            session.all(
                """
                SELECT * FROM registry_login WHERE tenant = ? AND host = ?
                ORDER BY length(repository) DESC
                """,
                row -> new Candidate(login(row), row.bytes("sealed")),
                tenant,
                host));
    for (Candidate each : all) {
      if (each.login().purposes().contains(purpose) && covers(each.login().place(), repository)) {
        try {
          return Optional.of(
              new Found(
                  each.login().username(),
                  key.open(each.sealed(), sealPlace(tenant, each.login().place()))));
        } catch (SealingKey.BadSealException e) {
          throw BuildException.of(FailureKind.CREDENTIAL, "login-unreadable")
              .remedy("set it again with: cairn registry login " + host)
              .sentence(
                  "the login for " + host + " was stored under another key and cannot be read");
        }
      }
    }
    return Optional.empty();
  }

  private static boolean covers(Place place, String repository) {
    return place
        .repository()
        .map(prefix -> (repository + "/").startsWith(prefix.value() + "/"))
        .orElse(true);
  }

  private static String sealPlace(TenantId tenant, Place place) {
    return "registry-login/" + tenant + "/" + place.host() + "/" + repository(place);
  }

  private static String repository(Place place) {
    return place.repository().map(RepositoryName::value).orElse("");
  }

  private static String word(Inputs.Purpose purpose) {
    return purpose.name().toLowerCase(Locale.ROOT);
  }

  private static Login login(Row row) throws SQLException {
    String repository = row.text("repository");
    Set<Inputs.Purpose> purposes = EnumSet.noneOf(Inputs.Purpose.class);
    Arrays.stream(row.text("purposes").split(","))
        .map(word -> Inputs.Purpose.valueOf(word.toUpperCase(Locale.ROOT)))
        .forEach(purposes::add);
    return new Login(
        new Place(
            new RegistryHost(row.text("host")),
            repository.isEmpty() ? Optional.empty() : Optional.of(new RepositoryName(repository))),
        purposes,
        row.text("username"),
        row.time("created_at"),
        row.time("updated_at"));
  }
}
