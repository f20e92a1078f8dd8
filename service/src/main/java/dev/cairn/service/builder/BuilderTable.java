package dev.cairn.service.builder;

import dev.cairn.build.BuildId;
import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.service.Builders;
import dev.cairn.service.Principal;
import dev.cairn.service.ServiceException;
import dev.cairn.service.access.TenantTable;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.json.ModelJson;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The named builders in the database. */
public final class BuilderTable implements Builders {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final int MOST_NAME = 128;
  private static final Duration RETRY_WINDOW = Duration.ofMinutes(5);
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

  private final Store store;
  private final AuditLog audit;
  private final Clock clock;
  private final BuilderUpkeep upkeep;
  private final SecureRandom random = new SecureRandom();

  /** Builders in this store, whose caches this upkeep empties. */
  public BuilderTable(Store store, AuditLog audit, Clock clock, BuilderUpkeep upkeep) {
    this.store = store;
    this.audit = audit;
    this.clock = clock;
    this.upkeep = upkeep;
  }

  @Override
  public NamedBuilder create(Principal who, Wish wish) {
    check(wish);
    String fingerprint = fingerprint(who, wish);
    String chosen = wish.id().orElseGet(this::freshId);
    Deed deed = Deed.of(Action.BUILDER_CREATED, who.tenant(), chosen);
    return audit.write(
        deed,
        session -> {
          TenantId tenant = who.tenant();
          TenantTable.lock(session, tenant);
          Instant now = clock.instant();
          Optional<String> again =
              wish.retry() ? known(session, tenant, fingerprint) : Optional.empty();
          if (again.isPresent()) {
            return lookUp(session, tenant, again.get()).orElseThrow();
          }
          String id = chosen;
          if (lookUp(session, tenant, id).isPresent()) {
            throw ServiceException.of(
                ServiceException.Kind.CONFLICT,
                "builder-exists",
                "there is a builder with the id " + id + " already",
                "choose another id, or leave it out");
          }
          if (session.count("SELECT count(*) AS n FROM builder WHERE tenant = ?", tenant) >= MOST) {
            throw ServiceException.of(
                ServiceException.Kind.QUOTA,
                "builders-quota",
                "the tenant has " + MOST + " builders, as many as it may",
                "delete some");
          }
          session.update(
              """
              INSERT INTO builder (tenant, id, scope, name, disk_gb, labels, fingerprint, created_at,
                measured_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
              """,
              tenant,
              id,
              freshScope(),
              wish.name(),
              wish.diskGb().orElse(USUAL_DISK_GB),
              ModelJson.write(new TreeMap<>(wish.labels())),
              fingerprint,
              now);
          return lookUp(session, tenant, id).orElseThrow();
        });
  }

  private static void check(Wish wish) {
    if (wish.id().filter(id -> !ID.matcher(id).matches()).isPresent()) {
      throw ServiceException.invalid(
          "builder-id-invalid",
          "id: 1 to 64 letters, digits, dots, underscores and hyphens that begin with a letter or"
              + " digit",
          "choose another id, or leave it out");
    }
    if (wish.name().filter(name -> name.isBlank() || name.length() > MOST_NAME).isPresent()) {
      throw ServiceException.invalid(
          "builder-name-invalid", "name: 1 to " + MOST_NAME + " characters", "shorten it");
    }
    if (wish.diskGb().filter(size -> size < 1 || size > MOST_DISK_GB).isPresent()) {
      throw ServiceException.invalid(
          "builder-disk-invalid",
          "the disk's size is 1 to " + MOST_DISK_GB + " gigabytes",
          "ask for a size between them");
    }
    if (wish.labels().size() > 50) {
      throw ServiceException.invalid(
          "labels-too-many", "labels: more than 50", "send fewer labels");
    }
  }

  private Optional<String> known(Session session, TenantId tenant, String fingerprint)
      throws SQLException {
    return session.one(
        """
        SELECT id FROM builder WHERE tenant = ? AND fingerprint = ? AND created_at > ?
        ORDER BY created_at DESC LIMIT 1
        """,
        row -> row.text("id"),
        tenant,
        fingerprint,
        clock.instant().minus(RETRY_WINDOW));
  }

  private static String fingerprint(Principal who, Wish wish) {
    String all =
        ModelJson.write(
            List.of(
                who.tokenId(),
                wish.id().orElse(""),
                wish.name().orElse(""),
                wish.diskGb().orElse(0),
                new TreeMap<>(wish.labels())));
    return Digest.sha256(all.getBytes(StandardCharsets.UTF_8)).hex();
  }

  /** 24 lower-case letters and digits that begin with a letter. */
  private String freshId() {
    var text = new StringBuilder();
    text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    while (text.length() < 24) {
      text.append(Character.forDigit(random.nextInt(36), 36));
    }
    return text.toString();
  }

  /** Nobody can name it in a request before it is there. */
  private String freshScope() {
    var bytes = new byte[16];
    random.nextBytes(bytes);
    return "builder-" + HexFormat.of().formatHex(bytes);
  }

  @Override
  public Optional<NamedBuilder> find(TenantId tenant, String id) {
    return store.read(session -> lookUp(session, tenant, id));
  }

  @Override
  public List<NamedBuilder> list(TenantId tenant) {
    return store.read(session ->
        session.all(
            "SELECT * FROM builder WHERE tenant = ? ORDER BY created_at DESC, id",
            row -> builder(session, row),
            tenant));
  }

  @Override
  public NamedBuilder prune(TenantId tenant, String id) {
    NamedBuilder pruned =
        audit.write(
            Deed.of(Action.BUILDER_PRUNED, tenant, id),
            session -> {
              letGo(session, tenant, id, "state <> 'queued'", "a build runs on it");
              session.update(
                  "UPDATE builder SET scope = ? WHERE tenant = ? AND id = ?",
                  freshScope(),
                  tenant,
                  id);
              return lookUp(session, tenant, id).orElseThrow();
            });
    upkeep.wake();
    return pruned;
  }

  @Override
  public void delete(TenantId tenant, String id) {
    audit.write(
        Deed.of(Action.BUILDER_DELETED, tenant, id),
        session -> {
          letGo(session, tenant, id, "1 = 1", "a build runs on it or waits for it");
          return session.update("DELETE FROM builder WHERE tenant = ? AND id = ?", tenant, id);
        });
    upkeep.wake();
  }

  /** Gives the builder's scope to those that are removed, unless such a build makes use of it. */
  private void letGo(Session session, TenantId tenant, String id, String state, String refusal)
      throws SQLException {
    var scope =
        BuilderRows.scope(session, tenant, id)
            .orElseThrow(() -> ServiceException.notFound("builder"));
    if (session.exists(
        "SELECT 1 FROM build WHERE tenant = ? AND serial_key = ? AND ended = 0 AND " + state,
        tenant,
        BuilderRows.serialKey(id))) {
      throw ServiceException.of(
          ServiceException.Kind.CONFLICT,
          "builder-in-use",
          "the builder " + id + " is in use: " + refusal,
          "wait for the end of its builds, or cancel them");
    }
    session.update(
        "INSERT INTO scope_going (tenant, scope, builder, since) VALUES (?, ?, ?, ?)",
        tenant,
        scope.name(),
        id,
        clock.instant());
  }

  private static Optional<NamedBuilder> lookUp(Session session, TenantId tenant, String id)
      throws SQLException {
    return session.one(
        "SELECT * FROM builder WHERE tenant = ? AND id = ?",
        row -> builder(session, row),
        tenant,
        id);
  }

  private record Waiting(BuildId id, boolean queued) {}

  @SuppressWarnings("unchecked")
  private static NamedBuilder builder(Session session, Row row) throws SQLException {
    String tenant = row.text("tenant");
    String id = row.text("id");
    List<Waiting> builds =
        session.all(
            """
            SELECT id, state FROM build WHERE tenant = ? AND serial_key = ? AND ended = 0
            ORDER BY id
            """,
            build ->
                new Waiting(BuildId.parse(build.text("id")), build.text("state").equals("queued")),
            tenant,
            BuilderRows.serialKey(id));
    boolean going =
        session.exists(
            "SELECT 1 FROM scope_going WHERE tenant = ? AND builder = ? AND scope <> ?",
            tenant,
            id,
            row.text("scope"));
    return new NamedBuilder(
        id,
        row.optionalText("name"),
        (int) row.number("disk_gb"),
        (Map<String, String>) ModelJson.read(row.text("labels"), Map.class),
        going ? State.PRUNING : State.READY,
        builds.stream().filter(build -> !build.queued()).map(Waiting::id).findFirst(),
        builds.stream().filter(Waiting::queued).map(Waiting::id).toList(),
        row.time("created_at"),
        row.optionalTime("used_at"));
  }
}
