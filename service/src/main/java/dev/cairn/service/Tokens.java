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
   * @param repositories the only repositories it opens; empty if it is not limited to some
   * @param createdAt when it was issued
   * @param expiresAt from when on it is refused
   * @param lastUsedAt to the minute; absent if never
   */
  record Token(
      String id,
      TenantId tenant,
      String name,
      Set<Right> rights,
      List<RepositoryGrant> repositories,
      Instant createdAt,
      Optional<Instant> expiresAt,
      Optional<Instant> lastUsedAt) {
    public Token {
      rights = Set.copyOf(rights);
      repositories = List.copyOf(repositories);
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
   * What a token is issued for.
   *
   * @param name what it is for, in its owner's words; at most 128 characters
   * @param rights what it may do
   * @param repositories the only repositories it opens; empty if it is not limited to some
   * @param expiresAt from when on it is refused
   */
  record Purpose(
      String name,
      Set<Right> rights,
      List<RepositoryGrant> repositories,
      Optional<Instant> expiresAt) {
    public Purpose {
      rights = Set.copyOf(rights);
      repositories = List.copyOf(repositories);
    }
  }

  /**
   * Issues a token. One that is limited to some repositories has rights over images alone, since a
   * build or a token of its own would lead out of them.
   *
   * @throws ServiceException of kind {@code NOT_FOUND} if there is no such tenant, {@code INVALID}
   *     if there are no rights, the name is longer than 128 characters, there are more than 100
   *     repositories, or rights go beyond the repositories
   */
  Issued issue(TenantId tenant, Purpose purpose);

  /** Issues a token that is not limited to some repositories. */
  default Issued issue(
      TenantId tenant, String name, Set<Right> rights, Optional<Instant> expiresAt) {
    return issue(tenant, new Purpose(name, rights, List.of(), expiresAt));
  }

  /**
   * A token of our registry that lives for minutes.
   *
   * @param text what the client sends as Bearer; printed as {@code ***}
   * @param grants what it opens: at most what was asked for, at most what the login opens
   * @param issuedAt now
   * @param expiresAt from when on it is refused
   */
  record Exchanged(String text, List<RepositoryGrant> grants, Instant issuedAt, Instant expiresAt) {
    public Exchanged {
      grants = List.copyOf(grants);
    }

    @Override
    public String toString() {
      return "Exchanged[text=***, grants=" + grants + "]";
    }
  }

  /**
   * Exchanges a login for a token that opens these repositories and nothing else, for five minutes
   * at most and never longer than the login. It dies at once with the login's token. What the login
   * does not open is left out without a word.
   *
   * @param asked exact names; the list of repositories is asked for with {@link
   *     RepositoryGrant#everywhere}
   * @throws ServiceException of kind {@code FORBIDDEN} if the login is such a token itself, or
   *     {@code INVALID} if more than 20 grants are asked for
   */
  Exchanged exchange(Principal login, List<RepositoryGrant> asked);

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
