package dev.cairn.service.access;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.service.Principal;
import dev.cairn.service.RepositoryAction;
import dev.cairn.service.RepositoryGrant;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.Tokens;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.audit.RefusedLogins;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Store;
import dev.cairn.service.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens in the database. A token has 256 random bits, so its plain SHA-256 is as good as a
 * slow hash, and looking it up by hash tells nothing by the time it takes: who knows the hash of a
 * guess knows nothing about the hashes near it.
 */
public final class TokenTable implements Tokens {
  private static final Logger log = LoggerFactory.getLogger(TokenTable.class);
  private static final String PREFIX = "cairn_";
  private static final int LONGEST = 4096;
  private static final int LONGEST_EXCHANGED = 8192;
  private static final int MOST_REPOSITORIES = 100;
  private static final Set<Right> OVER_REPOSITORIES =
      EnumSet.of(Right.IMAGE_READ, Right.IMAGE_WRITE, Right.IMAGE_DELETE);
  private static final Duration USE_NOTED = Duration.ofMinutes(1);

  private final Store store;
  private final AuditLog audit;
  private final RefusedLogins refused;
  private final Optional<JwtTokens> jwt;
  private final ExchangedTokens exchanged;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /**
   * Tokens of this store.
   *
   * @param jwt tokens signed elsewhere, if the operator wants them
   * @param exchanged tokens of the registry
   */
  public TokenTable(
      Store store,
      AuditLog audit,
      RefusedLogins refused,
      Optional<JwtTokens> jwt,
      ExchangedTokens exchanged,
      Clock clock) {
    this.store = store;
    this.audit = audit;
    this.refused = refused;
    this.jwt = jwt;
    this.exchanged = exchanged;
    this.clock = clock;
  }

  @Override
  public Issued issue(TenantId tenant, Purpose purpose) {
    check(purpose);
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    byte[] id = new byte[8];
    random.nextBytes(id);
    var token =
        new Token(
            "tok_" + HexFormat.of().formatHex(id),
            tenant,
            purpose.name(),
            purpose.rights(),
            purpose.repositories().stream().map(grant -> grant.relativeTo(tenant)).toList(),
            Instant.ofEpochMilli(clock.millis()),
            purpose.expiresAt(),
            Optional.empty());
    audit.write(
        Deed.of(Action.TOKEN_ISSUED, tenant, token.id() + " " + Rights.spell(token.rights())),
        session -> {
          if (!session.exists("SELECT 1 FROM tenant WHERE id = ?", tenant)) {
            throw ServiceException.notFound("tenant");
          }
          return session.update(
              """
              INSERT INTO token (id, tenant, hash, name, rights, created_at, expires_at, repositories)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?)
              """,
              token.id(),
              tenant,
              hash(text),
              token.name(),
              Rights.spell(token.rights()),
              token.createdAt(),
              token.expiresAt(),
              spell(token.repositories()));
        });
    return new Issued(token, text);
  }

  private static void check(Purpose purpose) {
    if (purpose.rights().isEmpty()) {
      throw ServiceException.invalid(
          "rights-empty",
          "rights: a token without rights opens nothing",
          "name at least one right");
    }
    if (purpose.name().length() > 128) {
      throw ServiceException.invalid(
          "name-too-long", "name: has more than 128 characters", "choose a shorter name");
    }
    if (purpose.repositories().size() > MOST_REPOSITORIES) {
      throw ServiceException.invalid(
          "repositories-too-many",
          "repositories: there are more than " + MOST_REPOSITORIES,
          "use patterns, as in team/*");
    }
    if (!purpose.repositories().isEmpty()
        && !purpose.rights().stream().allMatch(OVER_REPOSITORIES::contains)) {
      throw ServiceException.invalid(
          "rights-beyond-repositories",
          "rights: a token that is limited to repositories has image:read, image:write and"
              + " image:delete alone",
          "leave the other rights out, or do not limit it");
    }
  }

  @Override
  public Exchanged exchange(Principal login, List<RepositoryGrant> asked) {
    return exchanged.exchange(login, asked);
  }

  @Override
  public Optional<Principal> authenticate(String bearer) {
    Optional<Principal> known = known(bearer);
    if (known.isEmpty()) {
      refused.refused();
    }
    return known;
  }

  private Optional<Principal> known(String bearer) {
    if (bearer.startsWith(ExchangedTokens.PREFIX)) {
      return bearer.length() > LONGEST_EXCHANGED
          ? Optional.empty()
          : exchanged.authenticate(bearer, id -> principal("SELECT * FROM token WHERE id = ?", id));
    }
    if (bearer.length() > LONGEST) {
      return Optional.empty();
    }
    if (!bearer.startsWith(PREFIX)) {
      return jwt.flatMap(tokens -> tokens.authenticate(bearer));
    }
    return principal("SELECT * FROM token WHERE hash = ?", hash(bearer));
  }

  private Optional<Principal> principal(String sql, String key) {
    Instant now = clock.instant();
    Optional<Token> token =
        store
            .read(session -> session.one(sql, TokenTable::token, key))
            .filter(found -> found.expiresAt().isEmpty() || now.isBefore(found.expiresAt().get()));
    token.ifPresent(found -> noteUse(found, now));
    return token.map(TokenTable::principal);
  }

  private static Principal principal(Token token) {
    return new Principal(
        token.tenant(),
        token.id(),
        token.rights(),
        token.repositories().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Principal.Confinement(
                    token.repositories().stream().map(TokenTable::seeing).toList(),
                    Optional.empty())),
        token.expiresAt());
  }

  /** What may be pulled may be seen in the list. */
  private static RepositoryGrant seeing(RepositoryGrant grant) {
    if (!grant.actions().contains(RepositoryAction.PULL)) {
      return grant;
    }
    Set<RepositoryAction> actions = EnumSet.copyOf(grant.actions());
    actions.add(RepositoryAction.LIST);
    return new RepositoryGrant(grant.pattern(), actions);
  }

  private void noteUse(Token token, Instant now) {
    Instant stale = now.minus(USE_NOTED);
    if (token.lastUsedAt().isEmpty() || token.lastUsedAt().get().isBefore(stale)) {
      try {
        store.changeRelaxed(session ->
            session.update("UPDATE token SET last_used_at = ? WHERE id = ?", now, token.id()));
      } catch (StoreException e) {
        // On a full disk one must still be able to look.
        log.debug("the use of a token cannot be noted", e);
      }
    }
  }

  @Override
  public List<Token> list(TenantId tenant) {
    return store.read(session ->
        session.all(
            "SELECT * FROM token WHERE tenant = ? ORDER BY created_at DESC, id",
            TokenTable::token,
            tenant));
  }

  @Override
  public boolean revoke(TenantId tenant, String id) {
    return audit.change(
        Deed.of(Action.TOKEN_REVOKED, tenant, id),
        session ->
            session.update("DELETE FROM token WHERE tenant = ? AND id = ?", tenant, id) == 1);
  }

  private static String hash(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex();
  }

  private static Optional<String> spell(List<RepositoryGrant> repositories) {
    return repositories.isEmpty()
        ? Optional.empty()
        : Optional.of(
            repositories.stream().map(RepositoryGrant::toString).collect(Collectors.joining(" ")));
  }

  private static Token token(Row row) throws SQLException {
    return new Token(
        row.text("id"),
        new TenantId(row.text("tenant")),
        row.text("name"),
        Rights.parse(row.text("rights")),
        row.optionalText("repositories").stream()
            .flatMap(text -> Arrays.stream(text.split(" ")))
            .map(RepositoryGrant::parse)
            .toList(),
        row.time("created_at"),
        row.optionalTime("expires_at"),
        row.optionalTime("last_used_at"));
  }
}
