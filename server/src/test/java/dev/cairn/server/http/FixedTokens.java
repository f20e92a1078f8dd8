package dev.cairn.server.http;

import dev.cairn.build.TenantId;
import dev.cairn.service.Principal;
import dev.cairn.service.RepositoryGrant;
import dev.cairn.service.Right;
import dev.cairn.service.Tokens;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tokens that are what a test says. */
public final class FixedTokens implements Tokens {
  private final Map<String, Principal> principals = new LinkedHashMap<>();

  /** A token of a tenant with these rights; its id is its text with {@code id-} in front. */
  public FixedTokens with(String text, String tenant, Set<Right> rights) {
    principals.put(text, new Principal(new TenantId(tenant), "id-" + text, rights));
    return this;
  }

  @Override
  public Optional<Principal> authenticate(String bearer) {
    return Optional.ofNullable(principals.get(bearer));
  }

  @Override
  public Issued issue(TenantId tenant, Purpose purpose) {
    String text = "cairn_" + principals.size() + purpose.name();
    principals.put(text, new Principal(tenant, "id-" + text, purpose.rights()));
    return new Issued(
        new Token(
            "id-" + text,
            tenant,
            purpose.name(),
            purpose.rights(),
            purpose.repositories(),
            Instant.EPOCH,
            purpose.expiresAt(),
            Optional.empty()),
        text);
  }

  /** The login's id with what was asked for; it opens that. */
  @Override
  public Exchanged exchange(Principal login, List<RepositoryGrant> asked) {
    String text = "exchanged-" + login.tokenId() + asked;
    principals.put(
        text,
        new Principal(
            login.tenant(),
            login.tokenId(),
            login.rights(),
            Optional.of(new Principal.Confinement(asked, Optional.of(login))),
            Optional.empty()));
    return new Exchanged(text, asked, Instant.EPOCH, Instant.EPOCH.plusSeconds(300));
  }

  @Override
  public List<Token> list(TenantId tenant) {
    List<Token> all = new ArrayList<>();
    for (Principal p : principals.values()) {
      if (p.tenant().equals(tenant)) {
        all.add(
            new Token(
                p.tokenId(),
                tenant,
                p.tokenId(),
                p.rights(),
                List.of(),
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty()));
      }
    }
    return all;
  }

  @Override
  public boolean revoke(TenantId tenant, String id) {
    return principals.values().removeIf(p -> p.tokenId().equals(id) && p.tenant().equals(tenant));
  }
}
