package dev.cairn.service.access;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.service.Principal;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.Tokens;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Store;
import dev.cairn.service.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
  private static final Duration USE_NOTED = Duration.ofMinutes(1);

  private final Store store;
  private final Optional<JwtTokens> jwt;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /**
   * Tokens of this store.
   *
   * @param jwt tokens signed elsewhere, if the operator wants them
   */
  public TokenTable(Store store, Optional<JwtTokens> jwt, Clock clock) {
    this.store = store;
    this.jwt = jwt;
    this.clock = clock;
  }

  @Override
  public Issued issue(
      TenantId tenant, String name, Set<Right> rights, Optional<Instant> expiresAt) {
    if (rights.isEmpty()) {
      throw ServiceException.invalid(
          "rights-empty",
          "rights: a token without rights opens nothing",
          "name at least one right");
    }
    if (name.length() > 128) {
      throw ServiceException.invalid(
          "name-too-long", "name: has more than 128 characters", "choose a shorter name");
    }
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    byte[] id = new byte[8];
    random.nextBytes(id);
    var token =
        new Token(
            "tok_" + HexFormat.of().formatHex(id),
            tenant,
            name,
            rights,
            Instant.ofEpochMilli(clock.millis()),
            expiresAt,
            Optional.empty());
    store.change(session -> {
      if (!session.exists("SELECT 1 FROM tenant WHERE id = ?", tenant)) {
        throw ServiceException.notFound("tenant");
      }
      session.update(
          """
          INSERT INTO token (id, tenant, hash, name, rights, created_at, expires_at)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
          token.id(),
          tenant,
          hash(text),
          name,
          spell(rights),
          token.createdAt(),
          expiresAt);
    });
    return new Issued(token, text);
  }

  @Override
  public Optional<Principal> authenticate(String bearer) {
    if (bearer.length() > LONGEST) {
      return Optional.empty();
    }
    if (!bearer.startsWith(PREFIX)) {
      return jwt.flatMap(tokens -> tokens.authenticate(bearer));
    }
    String hash = hash(bearer);
    Instant now = clock.instant();
    Optional<Token> token =
        store
            .read(session ->
                session.one("SELECT * FROM token WHERE hash = ?", TokenTable::token, hash))
            .filter(found -> found.expiresAt().isEmpty() || now.isBefore(found.expiresAt().get()));
    token.ifPresent(found -> noteUse(found, now));
    return token.map(found -> new Principal(found.tenant(), found.id(), found.rights()));
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
    return store.write(session ->
        session.update("DELETE FROM token WHERE tenant = ? AND id = ?", tenant, id) == 1);
  }

  private static String hash(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex();
  }

  private static String spell(Set<Right> rights) {
    return new TreeSet<>(rights).stream().map(Right::text).collect(Collectors.joining(","));
  }

  private static Token token(Row row) throws SQLException {
    return new Token(
        row.text("id"),
        new TenantId(row.text("tenant")),
        row.text("name"),
        Set.of(row.text("rights").split(",")).stream()
            .map(Right::parse)
            .collect(Collectors.toUnmodifiableSet()),
        row.time("created_at"),
        row.optionalTime("expires_at"),
        row.optionalTime("last_used_at"));
  }
}
