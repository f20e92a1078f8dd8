package dev.cairn.service;

import dev.cairn.build.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The credentials of tenants: opaque random texts that are stored as a hash, so that a stolen
 * database opens nothing.
 */
public interface Tokens {

  /**
   * A token without its text.
   *
   * @param id names it; not secret
   * @param tenant whose
   * @param name what it is for, in its owner's words
   * @param rights what it may do
   * @param createdAt when it was issued
   * @param expiresAt from when on it is refused
   * @param lastUsedAt to the minute; absent if never
   */
  record Token(
      String id,
      TenantId tenant,
      String name,
      Set<Right> rights,
      Instant createdAt,
      Optional<Instant> expiresAt,
      Optional<Instant> lastUsedAt) {
    public Token {
      rights = Set.copyOf(rights);
    }
  }

  /**
   * A new token with its text, which cannot be had again.
   *
   * @param token the token
   * @param text {@code cairn_…}; printed as {@code ***} by {@link #toString()}
   */
  record Issued(Token token, String text) {
    @Override
    public String toString() {
      return "Issued[token=" + token + ", text=***]";
    }
  }

  /**
   * Issues a token.
   *
   * @throws ServiceException of kind {@code NOT_FOUND} if there is no such tenant, {@code INVALID}
   *     if there are no rights or the name is longer than 128 characters
   */
  Issued issue(TenantId tenant, String name, Set<Right> rights, Optional<Instant> expiresAt);

  /**
   * Who presents this text: a token of ours, or, where the operator configured a secret for them, a
   * JWT signed with HS256. Empty if it is unknown, expired, revoked or not meant for this API.
   */
  Optional<Principal> authenticate(String bearer);

  /** The tenant's tokens, newest first. */
  List<Token> list(TenantId tenant);

  /** Makes a token worthless at once; false if the tenant has none of this id. */
  boolean revoke(TenantId tenant, String id);
}
